import { hourMs } from "../../data/counters.ts";
import { namesOf } from "../../data/sender-health.ts";
import { total } from "../../data/total.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { query } from "../../page/pieces.ts";
import { clock } from "../../page/times.ts";
import { counted, deliveriesOf, number, percent, verb } from "../../page/words.ts";
import type { Overview } from "../overview.ts";
import { hourTotals, type Situation } from "./situation.ts";

/** Is it us or them, in one sentence. */
export function overviewAnswer(facts: Overview, { kind, senders, names }: Situation): Html {
  const { now } = facts;
  const { requests } = hourTotals(facts.senders);
  const arriving = requests > 0 ? "Webhooks are arriving. " : "";
  const failing = total(senders, (sender) => sender.failing);
  switch (kind) {
    case "refusing":
      return html`<strong class="fail">Requests of ${names} are refused</strong>, and none has verified since: is the secret right?`;
    case "failing": {
      const oldest = Math.min(...senders.map(({ oldestFailedAt }) => oldestFailedAt ?? now));
      const still = senders.some(({ handler }) => handler.state === "failing");
      const which = `${deliveriesOf(failing)} of ${names}`;
      return still
        ? html`${arriving}<strong class="fail">${which} ${verb(failing)} failing in your handler</strong>${sinceWhen(senders, now)}.`
        : html`${arriving}Runs succeed again, but <strong class="fail">${which} ${verb(failing, "waits", "wait")}</strong> for the sender’s next attempt since ${clock(oldest, now)}.`;
    }
    case "generation":
      return html`<strong class="warn">Jobs are failing at ${names}</strong>, and their webhooks arrive and are stored: nothing to mend here.`;
    case "silent":
      return html`<strong class="warn">Nothing has come from ${names}</strong>${sinceLast(senders, now)}, though it has jobs.`;
    case "dead":
      return html`Webhooks work. ${givenUp(senders)}`;
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
  const succeeded = total(senders, ({ hour }) => hour.succeeded);
  const requests = total(senders, ({ hour }) => hour.total);
  if (requests === 0) {
    const last = Math.max(0, ...senders.map(({ lastSuccessAt }) => lastSuccessAt ?? 0));
    return html`Nothing fails. ${last === 0 ? "No delivery came in the last hour" : html`The last success was at ${clock(last, now)}`}.`;
  }
  return succeeded === requests
    ? html`Everything works: <strong class="ok">all ${counted(requests, "request")}</strong> of the last hour succeeded.`
    : html`Everything works now: <strong class="ok">${percent(succeeded, requests)}</strong> of ${number(requests)} requests of the last hour succeeded, and nothing waits.`;
}

function givenUp(senders: Situation["senders"]): Html {
  const dead = total(senders, (sender) => sender.dead);
  return html`<strong>${deliveriesOf(dead)} of ${namesOf(senders)} ${verb(dead)} <a href="${query("deliveries", { state: "dead" })}">dead</a></strong>: the sender has given up, so only a replay brings ${verb(dead, "it", "them")} back.`;
}

/** What else is the case, beside the answer. */
export function alsoTrue({ senders, now }: Overview, { kind }: Situation): Html | undefined {
  const dead = senders.filter((sender) => sender.dead > 0);
  if (kind === "empty")
    return html`The ${verb(senders.length, "endpoint is", "endpoints are")} mounted. Send a signed test delivery to see it here.`;
  if (kind !== "dead" && dead.length > 0) return html`Also: ${givenUp(dead)}`;
  const quiet = senders.filter(({ lastSuccessAt }) => lastSuccessAt !== null && lastSuccessAt < now - hourMs);
  if (kind !== "fine" || quiet.length === 0 || quiet.length === senders.length) return undefined;
  return html`No success of ${namesOf(quiet)} in the last hour.`;
}
