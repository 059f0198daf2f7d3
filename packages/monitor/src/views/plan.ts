import { findRun } from "../actions/bulk-runs.ts";
import { readFilter, resolveCause } from "../data/read-filter.ts";
import { planReplay } from "../data/replay-plan.ts";
import { iso } from "../page/times.ts";
import { planPage } from "./plan/plan-page.ts";
import { runPage } from "./plan/run-page.ts";
import type { View, ViewContext } from "./view.ts";

/** What would a bulk replay run; and of one that was begun, how far it is. */
export async function plan(context: ViewContext): Promise<View> {
  const { query, sources, now } = context;
  const run = findRun(query.get("run"));
  if (run !== undefined) return { json: { run: run.progress() }, page: () => runPage(run, context) };
  const filter = readFilter(query, now);
  const resolved = await resolveCause(sources, filter);
  const planned =
    resolved === undefined
      ? { planned: 0, replayable: 0, more: false, types: [] }
      : await planReplay(sources, resolved);
  const types = planned.types.map(({ oldestAt, newestAt, ...type }) => ({
    ...type,
    oldestAt: iso(oldestAt),
    newestAt: iso(newestAt),
  }));
  return { json: { plan: { ...planned, types } }, page: () => planPage(planned, context) };
}
