import type { Inbox, ReplayRefusal } from "../inbox.ts";
import type { Outcome } from "../outcome.ts";
import { type Replay, type Trusted, trust } from "../reading/trust.ts";
import type { BodyKeeper } from "./body-keeper.ts";
import type { Endpoint } from "./endpoint.ts";
import type { InboxEntry } from "./inbox-store.ts";
import type { KeptRequest } from "./kept-request.ts";
import { storedText } from "./stored-text.ts";

/** Runs a delivery again from what was kept of it, by an ordinary claim. */
export function createReplay(
  endpoint: Endpoint,
  bodies: BodyKeeper,
  find: (key: string) => Promise<InboxEntry | null>,
  deliver: (trusted: Trusted) => Promise<Outcome>,
): Inbox["replay"] {
  return async function replay(key, { actor, force = false }) {
    const entry = await find(key);
    if (entry === null) return refuse("not-found");
    if (entry.delivery.state === "done" && !force) return refuse("already-done");
    if (entry.body === null) return refuse("no-body");
    const kept = await bodies.open(key, entry.body);
    const asked: Replay = { actor: storedText(actor), at: new Date(), forced: force };
    const trusted = kept && (await trustKept(endpoint, key, kept, asked));
    return trusted === undefined ? refuse("unreadable") : deliver(trusted);
  };
}

/**
 * What was verified when it came. The keys are those of then: a part of them may have been in a header that is not kept.
 */
async function trustKept(
  { provider, scope }: Endpoint,
  key: string,
  { headers, body, receivedAt, replayKey, secretIndex }: KeptRequest,
  asked: Replay,
): Promise<Trusted | undefined> {
  try {
    const request = { headers: Object.fromEntries(headers), body, receivedAt };
    const replay = { ...asked, key, replayKey };
    const trusted = await trust(provider, request, { scope, source: "replay", secretIndex, replay });
    return trusted.ok ? trusted : undefined;
  } catch {
    // Nobody verifies it again: what was kept may be of another version, or damaged.
    return undefined;
  }
}

function refuse(code: ReplayRefusal["code"]): ReplayRefusal {
  return { code };
}
