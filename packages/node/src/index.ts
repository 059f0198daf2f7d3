export { closingHeaders, discardBody, hasArrived } from "./discard-body.ts";
export { fromNodeRequest, type NodeRequest } from "./node-request.ts";
export { sendAnswer } from "./send-answer.ts";
