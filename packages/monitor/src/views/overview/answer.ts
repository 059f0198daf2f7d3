import { hourMs } from "../../data/counters.ts";
import { sourceName } from "../../data/sources.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { query } from "../../page/pieces.ts";
import { clock } from "../../page/times.ts";
import { counted, listed, number, percent } from "../../page/words.ts";
import type { Overview } from "../overview.ts";
import { hourTotals, type Situation } from "./situation.ts";

/** Is it us or them, in one sentence. */
export function overviewAnswer(facts: Overview, { kind, senders, names }: Situation): Html {
  const { now } = facts;
  const { requests } = hourTotals(facts.senders);
  const arriving = requests > 0 ? "Webhooks are arriving. " : "";
  const failing = senders.reduce((total, sender) => total + sender.failing, 0);
  switch (kind) {
    case "refusing":
      return html`<strong class="fail">Requests of ${names} are refused</strong>, and none has verified since: is the secret right?`;
    case "failing": {
      const oldest = Math.min(...senders.map(({ oldestFailedAt }) => oldestFailedAt ?? now));
      const still = senders.some(({ handler }) => handler.state === "failing");
      return still
        ? html`${arriving}<strong class="fail">${counted(failing, "delivery", "deliveries")} of ${names} ${failing === 1 ? "is" : "are"} failing in your handler</strong>${sinceWhen(senders, now)}.`
        : html`${arriving}Runs succeed again, but <strong class="fail">${counted(failing, "delivery", "deliveries")} of ${names} ${failing === 1 ? "waits" : "wait"}</strong> for the sender’s next attempt since ${clock(oldest, now)}.`;
    }
    case "generation":
      return html`<strong class="warn">Jobs are failing at ${names}</strong>, and their webhooks arrive and are stored: nothing to mend here.`;
    case "silent":
      return html`<strong class="warn">Nothing has come from ${names}</strong>${sinceLast(senders, now)}, though it has jobs.`;
    case "dead": {
      const dead = senders.reduce((total, sender) => total + sender.dead, 0);
      return html`Webhooks work. <strong>${counted(dead, "delivery", "deliveries")} of ${names} ${dead === 1 ? "is" : "are"} dead</strong>: the sender has given up, so only a replay brings ${dead === 1 ? "it" : "them"} back.`;
    }
    case "recovered":
    case "fine":
      return fineAnswer(facts);
    case "empty":
      return html`Nothing has arrived yet.`;
  }
}

function sinceWhen(senders: Situation["senders"], now: number): Html {
  const since = senders.flatMap(({ handler }) =>
    handler.failingSince === null ? [] : [handler.failingSince],
  );
  return since.length === 0 ? nothing : html` since ${clock(Math.min(...since), now)}`;
}

function sinceLast(senders: Situation["senders"], now: number): Html {
  const last = Math.max(...senders.map(({ lastRequestAt }) => lastRequestAt ?? 0));
  return last === 0 ? nothing : html` since ${clock(last, now)}`;
}

function fineAnswer({ senders, now }: Overview): Html {
  const succeeded = senders.reduce((sum, { hour }) => sum + hour.succeeded, 0);
  const total = senders.reduce((sum, { hour }) => sum + hour.total, 0);
  if (total === 0) {
    const last = Math.max(0, ...senders.map(({ lastSuccessAt }) => lastSuccessAt ?? 0));
    return last === 0
      ? html`Nothing fails. No delivery came in the last hour.`
      : html`Nothing fails. The last success was at ${clock(last, now)}.`;
  }
  return succeeded === total
    ? html`Everything works: <strong class="ok">all ${counted(total, "request")}</strong> of the last hour succeeded.`
    : html`Everything works now: <strong class="ok">${percent(succeeded, total)}</strong> of ${number(total)} requests of the last hour succeeded, and nothing waits.`;
}

/** What else is the case, beside the answer. */
export function alsoTrue({ senders, now }: Overview, { kind }: Situation): Html | undefined {
  const dead = senders.filter((sender) => sender.dead > 0);
  const total = dead.reduce((sum, sender) => sum + sender.dead, 0);
  if (kind === "empty")
    return html`The ${senders.length === 1 ? "endpoint is" : "endpoints are"} mounted. Send a signed test delivery to see it here.`;
  if (kind !== "dead" && total > 0) {
    const names = listed(dead.map(({ source }) => sourceName(source)));
    return html`Also: ${counted(total, "delivery", "deliveries")} of ${names} ${total === 1 ? "is" : "are"} <a href="${query("deliveries", { state: "dead" })}">dead</a>; the sender has given up, so only a replay brings ${total === 1 ? "it" : "them"} back.`;
  }
  const quiet = senders.filter(({ lastSuccessAt }) => lastSuccessAt !== null && lastSuccessAt < now - hourMs);
  if (kind !== "fine" || quiet.length === 0 || quiet.length === senders.length) return undefined;
  return html`No success of ${listed(quiet.map(({ source }) => sourceName(source)))} in the last hour.`;
}
