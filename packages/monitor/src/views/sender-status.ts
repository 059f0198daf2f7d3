import { hourMs, startOfMinute } from "../data/counters.ts";
import type { SenderHealth } from "../data/sender-health.ts";
import { status } from "../page/glyphs.ts";
import type { Html } from "../page/html.ts";
import { countOf } from "../page/words.ts";

/** How a sender is doing, in a word or two. */
export function senderStatus(sender: SenderHealth, now: number): Html {
  const { signature, handler, failing, dead, lastRequestAt } = sender;
  if (sender.source.inbox === undefined) return status("quiet", "Not kept");
  if (signature === "refusing") return status("fail", "Not verifying");
  if (failing > 0) return status("fail", handler.state === "failing" ? "Failing here" : "Recovering");
  if (dead > 0) return status("dead", `${countOf(dead)} dead`);
  if (lastRequestAt === null) return status("expected", "Nothing in 24 h");
  return lastRequestAt < startOfMinute(now) - hourMs ? status("quiet", "Quiet") : status("ok", "Fine");
}
