import { commonestFailure } from "../../data/counters.ts";
import { sourceName } from "../../data/sources.ts";
import { type Mark, status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { query } from "../../page/pieces.ts";
import { ago, clock } from "../../page/times.ts";
import { shownError, visible } from "../../page/visible.ts";
import { listed, number } from "../../page/words.ts";
import type { Overview } from "../overview.ts";
import { hourTotals, newestFailure, type Situation } from "./situation.ts";

/** The way of a webhook in four steps, and where it breaks. */
export function pathBox(facts: Overview, situation: Situation): Html {
  const [tone, mark, title] = banner(situation, facts);
  const failure = situation.kind === "failing" ? newestFailure(facts, situation.senders) : undefined;
  return html`<section class="box path" aria-labelledby="where">
<div class="say ${tone} row"><h2 id="where">${status(mark, title)}</h2>${bannerLink(situation, failure?.newestKey)}</div>
<ol>${[senderStep(facts), wayStep(facts), signatureStep(facts), handlerStep(facts)]}</ol>
${failure === undefined ? nothing : html`<p class="below small"><code class="fail">${visible(errorText(failure))}</code>${failure.errorFrame === null ? nothing : html` <span class="soft">at</span> <code>${visible(failure.errorFrame)}</code>`}</p>`}
</section>`;
}

/** `TypeError: it is not a function`, or the outcome where nothing was thrown. */
export function errorText(failure: {
  readonly errorName: string | null;
  readonly error: string | null;
  readonly outcome: string;
}): string {
  const { errorName, outcome } = failure;
  const error = shownError(failure.error);
  if (error === null) return outcome;
  return errorName === null ? error : `${errorName}: ${error}`;
}

function banner({ kind, names }: Situation, { generations }: Overview): readonly [string, Mark, string] {
  const isFine = generations?.every(({ failing, completed }) => !failing && completed > 0) === true;
  const them = isFine ? " Generation at the senders is fine." : "";
  switch (kind) {
    case "refusing":
      return ["here", "fail", `What comes from ${names} does not verify, so none of it is let in.`];
    case "failing":
      return ["here", "fail", `Webhooks are failing here.${them}`];
    case "generation":
      return ["there", "warn", `Generation is failing at ${names}. Webhooks are fine here.`];
    case "silent":
      return ["there", "warn", `Nothing has come from ${names} for an hour, though it has jobs.`];
    case "dead":
      return ["there", "warn", "Webhooks work now. Some deliveries were given up by their sender."];
    case "recovered":
      return ["", "ok", "Webhooks work again."];
    case "fine":
      return ["", "ok", "Everything works."];
    case "empty":
      return ["", "expected", "Nothing has arrived yet."];
  }
}

function bannerLink({ kind, senders }: Situation, newestKey: string | undefined): Html {
  if (kind === "failing" && newestKey !== undefined) {
    return html`<a class="button" href="${query("delivery", { key: newestKey })}">Open the newest failure</a>`;
  }
  if (kind === "refusing") return html`<a class="button" href="${query("refused")}">Show why</a>`;
  if (kind === "generation") return html`<a class="button" href="${query("jobs")}">Show the jobs</a>`;
  if (kind === "silent") return html`<a class="button" href="${query("endpoints")}">Check the endpoint</a>`;
  if (kind === "dead")
    return html`<a class="button" href="${query("failed")}">Show ${senders.length === 1 ? "them" : "all"}</a>`;
  return nothing;
}

function step(where: string, mark: Mark, word: string, detail: Html | string): Html {
  return html`<li><span class="soft small">${where}</span>${status(mark, word)}<span class="small">${detail}</span></li>`;
}

function senderStep({ generations }: Overview): Html {
  const where = "At the sender";
  if (generations === null) return step(where, "quiet", "Not watched", "pass jobs to see generation");
  const failing = generations.filter((generation) => generation.failing);
  const total = (name: "completed" | "failed" | "running") =>
    generations.reduce((sum, generation) => sum + generation[name], 0);
  if (failing.length > 0) {
    const [first] = failing;
    const ended = failing.reduce((sum, { completed, failed }) => sum + completed + failed, 0);
    const failed = failing.reduce((sum, generation) => sum + generation.failed, 0);
    const names = listed(failing.map(({ provider }) => provider));
    const since = first?.failingSince ?? null;
    return step(
      where,
      "warn",
      `Failing for ${names}`,
      html`<a href="?view=jobs">${failed} of ${ended} jobs</a>${since === null ? nothing : html` failed in 1 h`}`,
    );
  }
  const ended = total("completed") + total("failed");
  if (ended > 0) {
    return step(
      where,
      "ok",
      "Generating",
      html`<a href="?view=jobs">${total("completed")} of ${ended} jobs</a> completed in 1 h`,
    );
  }
  const running = total("running");
  return running > 0
    ? step(
        where,
        "run",
        "Generating",
        html`<a href="?view=jobs">${running} jobs</a> under way, none ended in 1 h`,
      )
    : step(where, "quiet", "No jobs", "none ran in the last hour");
}

function wayStep({ senders, now }: Overview): Html {
  const where = "On the way";
  const { requests } = hourTotals(senders);
  const lastAt = Math.max(0, ...senders.map(({ lastRequestAt }) => lastRequestAt ?? 0));
  if (requests > 0) {
    return step(where, "ok", "Arriving", html`${number(requests)} in 1 h, last at ${clock(lastAt, now)}`);
  }
  return lastAt > 0
    ? step(where, "quiet", "Quiet", html`last ${ago(lastAt, now)}, none in 1 h`)
    : step(where, "expected", "Nothing yet", "no request in 24 h");
}

function signatureStep({ senders }: Overview): Html {
  const where = "Signature";
  const { refused, verified } = hourTotals(senders);
  const refusing = senders.filter(({ signature }) => signature === "refusing");
  const link = html`<a href="?view=refused">${number(refused)} refused</a> in 1 h`;
  if (refusing.length > 0) {
    return step(where, "fail", `Refusing ${listed(refusing.map(({ source }) => sourceName(source)))}`, link);
  }
  if (verified > 0)
    return step(where, "ok", "Verifying", refused > 0 ? link : `all of ${number(verified)} in 1 h`);
  return step(where, "quiet", "Nothing to verify", refused > 0 ? link : "none refused in 1 h");
}

function handlerStep({ senders, now }: Overview): Html {
  const where = "Your handler";
  const failing = senders.filter(({ handler }) => handler.state === "failing");
  if (failing.length > 0) {
    const since = Math.min(...failing.map(({ handler }) => handler.failingSince ?? now));
    const failures = failing.reduce((total, { handler }) => total + handler.failures, 0);
    const code = commonestFailure(failing.flatMap(({ dayCounts }) => dayCounts));
    const names = listed(failing.map(({ source }) => sourceName(source)));
    return step(
      where,
      "fail",
      `Failing for ${names}`,
      html`${number(failures)} failed since ${clock(since, now)}${code === null ? nothing : html`: <code>${code}</code>`}`,
    );
  }
  const { accepted, failed } = hourTotals(senders);
  if (accepted + failed === 0) return step(where, "quiet", "Nothing to run", "no run in 1 h");
  const recovered = failed > 0;
  return step(
    where,
    "ok",
    recovered ? "Storing again" : "Storing",
    recovered
      ? `${number(failed)} failed in 1 h, and runs succeeded after them`
      : `${number(accepted)} of ${number(accepted)} runs in 1 h`,
  );
}
