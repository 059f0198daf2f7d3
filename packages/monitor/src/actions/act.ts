import { htmlAnswer, jsonAnswer, redirectAnswer } from "../http/answers.ts";
import { problemPage } from "../page/problem-page.ts";
import type { ViewContext } from "../views/view.ts";
import { checkJob } from "./check-job.ts";
import { dismiss } from "./dismiss.ts";
import { dropBody } from "./drop-body.ts";
import { replay } from "./replay.ts";
import { cancelRun, replayAll, replayPlan } from "./replay-all.ts";

/** What an action came to. */
export interface Acted {
  /** In one word, for JSON. */
  readonly outcome: string;
  /** Default: 200. */
  readonly status?: number | undefined;
  /** More for JSON. */
  readonly details?: object | undefined;
  /** Where the page goes on: a query. Undefined where nothing was done. */
  readonly view?: string | undefined;
  /** Why nothing was done, for people. */
  readonly message?: string | undefined;
}

type Action = (context: ViewContext, fields: URLSearchParams) => Promise<Acted>;

const actions: Readonly<Record<string, Action>> = {
  replay,
  "replay-plan": replayPlan,
  "replay-all": replayAll,
  cancel: cancelRun,
  dismiss,
  "drop-body": dropBody,
  "check-job": checkJob,
};

/** Carries out the action of a form. Whoever sent it may act. */
export async function act(context: ViewContext, fields: URLSearchParams): Promise<Response> {
  const name = fields.get("action") ?? "";
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  const acted =
    action === undefined
      ? {
          outcome: "unknown-action",
          status: 400,
          message: `Nothing was done: there is no such action. There are ${Object.keys(actions).join(", ")}.`,
        }
      : await action(context, fields);
  return context.wantsJson ? asJson(acted) : asPage(acted);
}

function asJson({ outcome, status = 200, details = {}, message }: Acted): Response {
  return jsonAnswer({ outcome, ...(message === undefined ? {} : { message }), ...details }, status);
}

function asPage({ view, status = 409, message = "Nothing was done." }: Acted): Response {
  return view === undefined ? htmlAnswer(String(problemPage(status, message)), status) : redirectAnswer(view);
}
