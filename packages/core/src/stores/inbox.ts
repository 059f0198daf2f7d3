/**
 * What a store's inbox is opened with. Stores bring it along, so that it is loaded only with a store that has an inbox.
 *
 * @module
 */

export { openInbox } from "../inbox/open-inbox.ts";
