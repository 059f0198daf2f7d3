export { type Connection, openConnection, type WireResponse } from "./wire/connection.ts";
export { chunked, chunkOf, counted, headOf, type WireHeader, type WireRequest } from "./wire/wire-request.ts";
