import { needsAttention, readJobs } from "../data/job-health.ts";
import { readTallies } from "../data/tallies.ts";
import { htmlAnswer, jsonAnswer } from "../http/answers.ts";
import { type Attention, document } from "../page/layout.ts";
import { problemPage } from "../page/problem-page.ts";
import { deliveries } from "./deliveries.ts";
import { delivery } from "./delivery.ts";
import { endpoints } from "./endpoints.ts";
import { exportDeliveries } from "./export-deliveries.ts";
import { failed } from "./failed.ts";
import { jobs } from "./jobs.ts";
import { overview } from "./overview.ts";
import { plan } from "./plan.ts";
import { refused } from "./refused.ts";
import { type View, type ViewContext, type ViewName, viewNames } from "./view.ts";

const views: Readonly<Record<ViewName, (context: ViewContext) => Promise<View>>> = {
  overview,
  deliveries,
  delivery,
  failed,
  plan,
  jobs,
  refused,
  endpoints,
};

/** Shows the view that the query asks for, as a page, as JSON or as a file. */
export async function show(context: ViewContext): Promise<Response> {
  const name = viewName(context.query.get("view"));
  if (name === undefined) return unknownView(context);
  if (name === "deliveries" && context.query.get("format") === "csv") return exportDeliveries(context);
  const view = await views[name](context);
  if (context.wantsJson) return jsonAnswer(view.json, view.status);
  const page = document(name, view.page(), context, await attentionOf(context));
  return htmlAnswer(String(await page), view.status);
}

function viewName(text: string | null): ViewName | undefined {
  return text === null || text === "" ? "overview" : viewNames.find((name) => name === text);
}

function unknownView({ wantsJson }: ViewContext): Response {
  const message = `There is no such view. There are ${viewNames.join(", ")}.`;
  return wantsJson
    ? jsonAnswer({ outcome: "unknown-view", message }, 404)
    : htmlAnswer(String(problemPage(404, message)), 404);
}

async function attentionOf({ sources, jobs: tables }: ViewContext): Promise<Attention> {
  const [tallies, watched] = await Promise.all([readTallies(sources), readJobs(tables)]);
  return {
    failed: tallies.reduce((sum, { failed: failing, dead }) => sum + failing + dead, 0),
    jobs: tables.length === 0 ? null : watched.filter(needsAttention).length,
  };
}
