import { actionButton, actionForm, linkButton } from "../../page/controls.ts";
import { type Html, html } from "../../page/html.ts";
import { emptyBox, query as link } from "../../page/pieces.ts";
import { ago } from "../../page/times.ts";
import type { DeliveryList } from "../deliveries.ts";
import type { ViewContext } from "../view.ts";
import { filterOf } from "./deliveries-page.ts";

/** Why the list is empty, and where to go on. */
export function noDeliveries({ filter, job, gone }: DeliveryList, context: ViewContext): Html {
  const { query, sources, access, now } = context;
  const all = linkButton("?view=deliveries", "All deliveries", "quiet");
  if (sources.every(({ inbox }) => inbox === undefined)) {
    return emptyBox(
      "quiet",
      "Nothing is kept",
      html`Set the option <code>inbox</code> of a webhook to see what becomes of its deliveries.`,
    );
  }
  if (gone) {
    return emptyBox(
      "ok",
      "Nothing fails for this cause any more",
      "What had failed for it was replayed, delivered or dismissed.",
      all,
    );
  }
  const refused = linkButton("?view=refused", "What was refused", job === undefined ? "quiet" : "");
  if (job !== undefined) {
    const { status, terminal, createdAt, id, provider } = job.job;
    const due = terminal
      ? "It has ended, so its webhook is due: it was not sent, did not reach this server, or was refused."
      : "It has not ended, so its last webhook is not due yet.";
    const check = html`${actionButton("check-job", "Check job", "main")}${refused}`;
    return emptyBox(
      "expected",
      "No delivery of this job",
      html`It was created ${ago(createdAt.getTime(), now)} and is ${status} at the sender, as far as is known here. ${due}`,
      access.access === "all" && job.table.checkable
        ? actionForm(link("jobs"), { key: id, provider }, check)
        : refused,
    );
  }
  const { since, ...rest } = filterOf(query);
  if (Object.keys(rest).length === 0 && since === undefined) {
    return emptyBox(
      "expected",
      "Nothing has arrived yet",
      "The endpoint is mounted. Send it a signed test delivery to see it here.",
    );
  }
  const searched = filter.search !== undefined;
  return emptyBox(
    "expected",
    "No match",
    searched
      ? "The search takes a job id, an event id or a delivery key, whole. What was refused is not a delivery: its reasons are under Refused."
      : "No delivery matches these filters.",
    html`${since !== undefined && linkButton(link("deliveries", rest), "Any time")}${all}${searched && refused}`,
  );
}
