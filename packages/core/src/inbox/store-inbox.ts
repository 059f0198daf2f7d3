import type { InboxStore } from "./inbox-store.ts";
import type { openInbox } from "./open-inbox.ts";

/** A store's inbox, with what a receiver uses it by. */
export interface StoreInbox extends InboxStore {
  /**
   * `openInbox` of `@latchhook/core/stores/inbox`. A receiver calls it with this inbox, so that one that is wrapped is
   * used as it was wrapped.
   */
  readonly open: typeof openInbox;
}
