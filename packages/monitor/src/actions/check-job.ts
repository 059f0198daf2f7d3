import { findJob } from "../data/job-health.ts";
import { readable } from "../data/sources.ts";
import { query as link } from "../page/pieces.ts";
import { findDelivery } from "../views/delivery.ts";
import type { ViewContext } from "../views/view.ts";
import type { Acted } from "./act.ts";

/** Asks the sender about a job now: `key` is the job's id, or the key of a delivery that is about it. */
export async function checkJob(context: ViewContext, fields: URLSearchParams): Promise<Acted> {
  const key = fields.get("job") ?? fields.get("key") ?? "";
  const delivery = (await findDelivery(readable(context.sources), key))?.details.delivery;
  const id = delivery?.jobId ?? key;
  const provider = delivery?.provider ?? fields.get("provider") ?? undefined;
  const job = await findJob(context.jobs, provider || undefined, id);
  if (job === undefined) {
    return { outcome: "not-tracked", status: 404, message: "Nothing was checked: no such job is tracked." };
  }
  const result = await job.table.check(id);
  const view = delivery === undefined ? link("jobs", { job: id, provider }) : link("delivery", { key });
  return { outcome: result ?? "not-tracked", view };
}
