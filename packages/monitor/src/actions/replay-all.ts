import { type InboxFilter, isWorkerd } from "@latchhook/core";
import { readFilter, resolveCause, unreadFields } from "../data/read-filter.ts";
import { planReplay } from "../data/replay-plan.ts";
import { query as link } from "../page/pieces.ts";
import { filterOf } from "../views/deliveries/deliveries-page.ts";
import type { ViewContext } from "../views/view.ts";
import type { Acted } from "./act.ts";
import { beginRun, findRun } from "./bulk-runs.ts";

/** How long an answer waits for the end of a run, in milliseconds; a page shows a longer one under way. */
const patienceMs = { page: 1_000, json: 20_000 };

const nothingMatches: Acted = {
  outcome: "nothing-matches",
  status: 404,
  message: "Nothing was replayed: nothing fails for this cause any more.",
};

/** What a form asks for, or why that is refused. */
async function filterOfForm(
  { sources, now }: ViewContext,
  fields: URLSearchParams,
): Promise<InboxFilter | Acted> {
  const filter = readFilter(fields, now);
  const unread = unreadFields(fields, filter);
  if (unread.length > 0) {
    return {
      outcome: "bad-filter",
      status: 400,
      message: `Nothing was replayed: ${unread.join(" and ")} could not be read.`,
    };
  }
  if (filter.state === "done" || filter.state === "running") {
    return {
      outcome: "not-failed",
      status: 409,
      message: "Only what has not succeeded is replayed in bulk.",
    };
  }
  return (await resolveCause(sources, filter)) ?? nothingMatches;
}

function isRefusal(value: InboxFilter | Acted): value is Acted {
  return "message" in value;
}

/** How many would be replayed. */
export async function replayPlan(context: ViewContext, fields: URLSearchParams): Promise<Acted> {
  const filter = await filterOfForm(context, fields);
  if (isRefusal(filter)) return filter;
  const { sources } = context;
  const { planned, replayable, more } = await planReplay(sources, filter);
  return { outcome: "planned", details: { planned, replayable, more }, view: link("plan", filterOf(fields)) };
}

/** Replays what matches and has not succeeded. */
export async function replayAll(context: ViewContext, fields: URLSearchParams): Promise<Acted> {
  const filter = await filterOfForm(context, fields);
  if (isRefusal(filter)) return filter;
  const { sources, access, wantsJson, now } = context;
  const run = beginRun(sources, filter, access.actor, now);
  // There nothing goes on after the answer.
  if (isWorkerd()) await run.ended;
  else await atMost(run.ended, wantsJson ? patienceMs.json : patienceMs.page);
  const { ended, ...progress } = run.progress();
  return {
    outcome: ended ?? "running",
    details: { ...progress, run: run.id },
    view: link("plan", { run: run.id }),
  };
}

/** Stops a run before its next delivery. */
export async function cancelRun(_: ViewContext, fields: URLSearchParams): Promise<Acted> {
  const run = findRun(fields.get("run"));
  if (run === undefined) {
    return { outcome: "not-found", status: 404, message: "This process knows no such replay." };
  }
  run.cancel();
  await atMost(run.ended, patienceMs.page);
  return { outcome: run.progress().ended ?? "cancelling", view: link("plan", { run: run.id }) };
}

async function atMost(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
