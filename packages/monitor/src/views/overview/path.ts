import { commonestFailure } from "../../data/counters.ts";
import { namesOf } from "../../data/sender-health.ts";
import { total } from "../../data/total.ts";
import { linkButton } from "../../page/controls.ts";
import { type Mark, status } from "../../page/glyphs.ts";
import { type Html, html } from "../../page/html.ts";
import { query, soft } from "../../page/pieces.ts";
import { ago, clock } from "../../page/times.ts";
import { errorText, visible } from "../../page/visible.ts";
import { listed, number, verb } from "../../page/words.ts";
import type { Overview } from "../overview.ts";
import { hourTotals, newestFailure, type Situation } from "./situation.ts";

/** The way of a webhook in four steps, and where it breaks. */
export function pathBox(facts: Overview, situation: Situation): Html {
  const failure = situation.kind === "failing" ? newestFailure(facts, situation.senders) : undefined;
  const [tone, mark, title, link] = banner(situation, failure?.newestKey, facts);
  return html`<section class="box path" aria-labelledby="where">
<div class="say ${tone} row"><h2 id="where">${status(mark, title)}</h2>${link}</div>
<ol>${step("At the sender", atSender(facts))}${step("On the way", onTheWay(facts))}${step("Signature", atSignature(facts))}${step("Your handler", atHandler(facts))}</ol>
${failure && html`<p class="below small"><code class="fail">${visible(errorText(failure, failure.outcome))}</code>${failure.errorFrame !== null && html` ${soft("at")} <code>${visible(failure.errorFrame)}</code>`}</p>`}
</section>`;
}

type Banner = readonly [tone: string, mark: Mark, title: string, link?: Html | undefined];

function banner({ kind, names, senders }: Situation, newestKey: string | undefined, facts: Overview): Banner {
  const isFine = facts.generations?.every(({ failing, completed }) => !failing && completed > 0) === true;
  const link = (view: string, word: string, key?: string) => linkButton(query(view, { key }), word);
  switch (kind) {
    case "refusing":
      return [
        "here",
        "fail",
        `What comes from ${names} does not verify, so none of it is let in.`,
        link("refused", "Show why"),
      ];
    case "failing":
      return [
        "here",
        "fail",
        `Webhooks are failing here.${isFine ? " Generation at the senders is fine." : ""}`,
        newestKey === undefined ? undefined : link("delivery", "Open the newest failure", newestKey),
      ];
    case "generation":
      return [
        "there",
        "warn",
        `Generation is failing at ${names}. Webhooks are fine here.`,
        link("jobs", "Show the jobs"),
      ];
    case "silent":
      return [
        "there",
        "warn",
        `Nothing has come from ${names} for an hour, though it has jobs.`,
        link("endpoints", "Check the endpoint"),
      ];
    case "dead":
      return [
        "there",
        "warn",
        "Webhooks work now. Some deliveries were given up by their sender.",
        link("failed", `Show ${verb(senders.length, "them", "all")}`),
      ];
    case "recovered":
      return ["", "ok", "Webhooks work again."];
    case "fine":
      return ["", "ok", "Everything works."];
    case "empty":
      return ["", "expected", "Nothing has arrived yet."];
  }
}

/** Where a step stands: its mark, in a word, and in numbers. */
type Standing = readonly [mark: Mark, word: string, detail: Html | string];

function step(where: string, [mark, word, detail]: Standing): Html {
  return html`<li><span class="soft small">${where}</span>${status(mark, word)}<span class="small">${detail}</span></li>`;
}

function atSender({ generations }: Overview): Standing {
  if (generations === null) return ["quiet", "Not watched", "pass jobs to see generation"];
  const failing = generations.filter((generation) => generation.failing);
  const of = failing.length > 0 ? failing : generations;
  const completed = total(of, (generation) => generation.completed);
  const failed = total(of, (generation) => generation.failed);
  const running = total(of, (generation) => generation.running);
  const jobs = (count: string, rest: string) => html`<a href="?view=jobs">${count} jobs</a> ${rest}`;
  const ended = completed + failed;
  if (failing.length > 0) {
    const names = listed(failing.map(({ provider }) => provider));
    return ["warn", `Failing for ${names}`, jobs(`${failed} of ${ended}`, "failed in 1 h")];
  }
  if (ended > 0) return ["ok", "Generating", jobs(`${completed} of ${ended}`, "completed in 1 h")];
  return running > 0
    ? ["run", "Generating", jobs(`${running}`, "under way, none ended in 1 h")]
    : ["quiet", "No jobs", "none ran in the last hour"];
}

function onTheWay({ senders, now }: Overview): Standing {
  const { requests } = hourTotals(senders);
  const lastAt = Math.max(0, ...senders.map(({ lastRequestAt }) => lastRequestAt ?? 0));
  if (requests > 0)
    return ["ok", "Arriving", html`${number(requests)} in 1 h, last at ${clock(lastAt, now)}`];
  return lastAt > 0
    ? ["quiet", "Quiet", html`last ${ago(lastAt, now)}, none in 1 h`]
    : ["expected", "Nothing yet", "no request in 24 h"];
}

function atSignature({ senders }: Overview): Standing {
  const { refused, verified } = hourTotals(senders);
  const refusing = senders.filter(({ signature }) => signature === "refusing");
  const link = refused > 0 && html`<a href="?view=refused">${number(refused)} refused</a> in 1 h`;
  if (refusing.length > 0) return ["fail", `Refusing ${namesOf(refusing)}`, link || ""];
  return verified > 0
    ? ["ok", "Verifying", link || `all of ${number(verified)} in 1 h`]
    : ["quiet", "Nothing to verify", link || "none refused in 1 h"];
}

function atHandler({ senders, now }: Overview): Standing {
  const failing = senders.filter(({ handler }) => handler.state === "failing");
  if (failing.length > 0) {
    const since = Math.min(...failing.map(({ handler }) => handler.failingSince ?? now));
    const failures = total(failing, ({ handler }) => handler.failures);
    const code = commonestFailure(failing.flatMap(({ dayCounts }) => dayCounts));
    return [
      "fail",
      `Failing for ${namesOf(failing)}`,
      html`${number(failures)} failed since ${clock(since, now)}${code !== null && html`: <code>${code}</code>`}`,
    ];
  }
  const { accepted, failed } = hourTotals(senders);
  if (failed > 0)
    return ["ok", "Storing again", `${number(failed)} failed in 1 h, and runs succeeded after them`];
  return accepted > 0
    ? ["ok", "Storing", `${number(accepted)} of ${number(accepted)} runs in 1 h`]
    : ["quiet", "Nothing to run", "no run in 1 h"];
}
