import type { OutcomeCode } from "@latchhook/core";
import { type Mark, status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { visible } from "../../page/visible.ts";
import { exactly } from "../../page/words.ts";
import type { KnownDelivery } from "../delivery.ts";
import type { ViewContext } from "../view.ts";

/** For how long a replay is news to whoever asked for it, in milliseconds. */
const newsMs = 60_000;

const words: Readonly<Partial<Record<OutcomeCode, readonly [Mark, string]>>> = {
  processed: ["ok", "Replayed: it succeeded"],
  duplicate: ["ok", "Replayed: it had succeeded meanwhile"],
  "in-flight": ["run", "Not replayed: another attempt of it is running"],
};

/** What came of the replay that was just asked for. It is read from the attempts, so no address can make it up. */
export function replayNotice({ attempts }: KnownDelivery, { access, now }: ViewContext): Html {
  const last = attempts.findLast(({ source }) => source === "replay");
  if (last === undefined || last.actor !== access.actor || last.at < now - newsMs) return nothing;
  const { outcome, durationMs } = last;
  const took = `${exactly(Math.round(durationMs))}, recorded as a replay by `;
  const [mark, word] = words[outcome] ?? (["fail", `Replayed: it failed again (${outcome})`] as const);
  return html`<section class="box said" role="status">${status(mark, word)} <span class="soft">${took}<b>${visible(access.actor, 40)}</b></span></section>`;
}
