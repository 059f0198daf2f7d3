import { isLatchhookError } from "@latchhook/core";
import { type Access, isAccess } from "./access.ts";
import { act } from "./actions/act.ts";
import { assetFor } from "./assets/assets.ts";
import { createSources } from "./data/sources.ts";
import { assetAnswer, htmlAnswer, jsonAnswer } from "./http/answers.ts";
import type { MonitorRequest } from "./http/monitor-request.ts";
import { isSameOrigin } from "./http/same-origin.ts";
import type { MonitorOptions } from "./options.ts";
import { problemPage } from "./page/problem-page.ts";
import { show } from "./views/show.ts";
import type { ViewContext } from "./views/view.ts";

/** Answers one request: asset, view or action. Nothing is read before `authorize` has let somebody in. */
export async function respond<Context>(
  request: MonitorRequest,
  context: Context,
  options: MonitorOptions<Context>,
): Promise<Response> {
  const { method, query } = request;
  const reads = method === "GET" || method === "HEAD";
  if (!reads && method !== "POST") {
    return refuse(request, 405, "method-not-allowed", "Views are read by GET, actions made by POST.", {
      allow: "GET, HEAD, POST",
    });
  }
  const asset = reads ? assetFor(query.get("asset")) : undefined;
  if (asset !== undefined) return assetAnswer(asset.body, asset.contentType);
  const access = await options.authorize(request.request, context);
  if (access instanceof Response) return access;
  if (!isAccess(access)) return refuse(request, 403, "not-authorized", "authorize has let nobody in.");
  const view: ViewContext = {
    query,
    access,
    wantsJson: wantsJson(request),
    sources: createSources(options.webhooks),
    jobs: options.jobs ?? [],
    now: Date.now(),
  };
  if (!reads) return actSafely(request, view, access, options.origin);
  if (query.has("action"))
    return refuse(request, 403, "not-a-post", "Nothing was done: actions are made by POST.");
  return show(view);
}

async function actSafely(
  request: MonitorRequest,
  view: ViewContext,
  access: Access,
  origin: string | undefined,
): Promise<Response> {
  if (!isSameOrigin(request.request.headers, origin)) {
    return refuse(
      request,
      403,
      "cross-origin",
      "Nothing was done: this request was not made by the page itself. " +
        "Over plain http browsers do not say; set the option origin to the address that they see.",
    );
  }
  if (access.access !== "all") {
    return refuse(request, 403, "read-only", "Nothing was done: you may read, not act.");
  }
  const fields = await request.readForm();
  if (fields instanceof URLSearchParams) return act(view, fields);
  const status = fields === "not-a-form" ? 415 : fields === "too-large" ? 413 : 400;
  return refuse(
    request,
    status,
    fields,
    "Nothing was done: send the action as a form (application/x-www-form-urlencoded, at most 16 kB).",
  );
}

/** What went wrong in the store, or in the options. What is told is latchhook's own words; the rest is for the log. */
export function respondToFailure(request: MonitorRequest, error: unknown): Response {
  const known = isLatchhookError(error);
  if (known && error.code === "store-unavailable") {
    return refuse(
      request,
      503,
      error.code,
      `The store did not answer in time, and webhooks come first. Narrow the time, or search by an exact id. ${error.message}`,
    );
  }
  console.error("[latchhook] The monitor page failed:", known ? error.message : error);
  const reason = known ? error.code : "internal-error";
  return refuse(request, 500, reason, "The page could not be made. The server's log says why.");
}

function refuse(
  request: MonitorRequest,
  status: number,
  outcome: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const answer = wantsJson(request)
    ? jsonAnswer({ outcome, message }, status)
    : htmlAnswer(String(problemPage(status, message)), status);
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}

/** JSON is for whoever asks for it and not for a page as well, as browsers do. */
function wantsJson({ query, request }: MonitorRequest): boolean {
  const accept = request.headers.get("accept") ?? "";
  return (
    query.get("format") === "json" ||
    (/\bapplication\/json\b/i.test(accept) && !/\btext\/html\b/i.test(accept))
  );
}
