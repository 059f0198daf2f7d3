import { type Outcome, statusOf } from "../outcome.ts";
import { unreference } from "../shared/unreference.ts";
import { quoted } from "./printable.ts";
import { type RefusalReason, refusalHints } from "./refusal-hints.ts";

const windowMs = 60_000;

/** Refusals of one kind that have not been told. */
interface Window {
  endsAt: number;
  count: number;
}

/**
 * Writes one line at the first refusal of a kind, and then one a minute with how many there were, for as long as they
 * go on. A kind is a provider, a scope, a status and a reason, so there are never many.
 */
export function logRefusals(write: (line: string) => void): (outcome: Outcome) => void {
  const windows = new Map<string, Window>();

  function tell(kind: Kind, count: number, since: string, window: Window): void {
    window.count = 0;
    window.endsAt = performance.now() + windowMs;
    const times = count === 1 ? "" : `${count} × `;
    write(`[latchhook] ${kind.sender}: ${times}${kind.refusal}${since}. ${kind.hint}`);
    const timer: unknown = setTimeout(() => {
      // Nobody was refused for a minute: the next one is told at once again.
      if (window.count === 0) windows.delete(keyOf(kind));
      else tell(kind, window.count, " in the last minute", window);
    }, windowMs);
    // A line that is still to be written must not keep a process alive.
    unreference(timer);
  }

  return function logRefusal(outcome) {
    const kind = kindOf(outcome);
    const key = keyOf(kind);
    const window = windows.get(key) ?? { endsAt: Number.NEGATIVE_INFINITY, count: 0 };
    windows.set(key, window);
    window.count++;
    if (performance.now() < window.endsAt) return;
    // A timer has not run: on some runtimes they end with the request that set them.
    const since = window.count > 1 ? " since the last line" : "";
    tell(kind, window.count, since, window);
  };
}

/** What is counted together. */
interface Kind {
  readonly sender: string;
  readonly refusal: string;
  readonly hint: string;
}

function kindOf(outcome: Outcome): Kind {
  const reason = outcome.reason ?? (outcome.code as RefusalReason);
  const scope = outcome.scope === "" ? "" : ` (scope ${quoted(outcome.scope)})`;
  return {
    sender: `${outcome.provider}${scope}`,
    refusal: `${statusOf(outcome.code)} ${reason}`,
    hint: refusalHints[reason],
  };
}

function keyOf({ sender, refusal }: Kind): string {
  return `${sender}: ${refusal}`;
}
