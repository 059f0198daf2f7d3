export { closingHeaders, discardBody, hasArrived } from "./discard-body.ts";
export { fromNodeRequest } from "./from-node-request.ts";
export { hasListeners } from "./has-listeners.ts";
export { nextTurn } from "./next-turn.ts";
export type { NodeRequest } from "./node-request.ts";
export { receiveNodeRequest } from "./receive-node-request.ts";
export { sendAnswer } from "./send-answer.ts";
