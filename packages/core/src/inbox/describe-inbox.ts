import type { InboxDescription } from "../receiver/describe-receiver.ts";
import type { InboxSettings } from "./inbox-settings.ts";

const dayMs = 86_400_000;

export function describeInbox({
  body,
  bodyRetainMs,
  retainMs,
  headers,
  redact,
  keys,
}: InboxSettings): InboxDescription {
  return {
    body,
    bodyDays: bodyRetainMs / dayMs,
    days: retainMs / dayMs,
    headers,
    redact,
    encrypted: keys.length > 0,
  };
}
