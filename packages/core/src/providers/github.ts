import { defineSender } from "../define-sender.ts";
import type { KnownEvent, UnknownEvent } from "../event.ts";
import type { Provider } from "../provider.ts";
import type { JsonObject } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";

export interface GithubOptions {
  /** The webhook's secret, as you entered it. Default: the environment's `GITHUB_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

/**
 * The members that an event's body has, those with more to tell first. GitHub signs the body alone and names the event
 * in a header. Source: its page "Webhook events and payloads" and the examples of `@octokit/webhooks-examples`.
 */
const shapes = [
  ["ping", "zen", "hook_id"],
  ["push", "ref", "commits"],
  ["pull_request_review_comment", "pull_request", "comment"],
  ["pull_request_review_thread", "pull_request", "thread"],
  ["pull_request_review", "pull_request", "review"],
  ["pull_request", "pull_request", "action", "number"],
  ["issue_comment", "issue", "comment"],
  ["issues", "issue", "action"],
  ["discussion_comment", "discussion", "comment"],
  ["discussion", "discussion", "action"],
  ["commit_comment", "comment", "action"],
  ["deployment_status", "deployment_status", "deployment"],
  ["deployment_review", "workflow_run", "reviewers"],
  ["workflow_job", "workflow_job", "action"],
  ["workflow_run", "workflow_run", "action"],
  ["check_run", "check_run", "action"],
  ["check_suite", "check_suite", "action"],
  ["deployment", "deployment", "action"],
  ["release", "release", "action"],
  ["create", "ref", "ref_type", "master_branch"],
  ["delete", "ref", "ref_type", "pusher_type"],
  ["fork", "forkee"],
  ["star", "starred_at"],
] as const;

type GithubEventName = (typeof shapes)[number][0];

/**
 * The events of a map from names to payloads. Without one, `event.data` is any JSON object; with the types that GitHub's
 * SDK has, `github<EventPayloadMap>()` of `@octokit/webhooks-types`, each event has its own.
 */
export type GithubEvent<Payloads extends object = Readonly<Record<GithubEventName, JsonObject>>> =
  | { [Name in keyof Payloads & string]: KnownEvent<Name, Payloads[Name]> }[keyof Payloads & string]
  | UnknownEvent;

/**
 * GitHub. It signs the body alone: no time, no id, and not the event's name. So a delivery is the same as another where
 * their bodies are, and the name is believed as far as the body has its shape: one that has another event's is taken
 * for that, and one of no known shape arrives as an unknown event, for GitHub would not send it again.
 *
 * @throws LatchhookError `missing-secret`
 */
export function github<Payloads extends object = Readonly<Record<GithubEventName, JsonObject>>>(
  options: GithubOptions = {},
): Provider<GithubEvent<Payloads>> {
  return defineSender<GithubEvent<Payloads>>({
    name: "github",
    signature: hmacSignature({
      provider: "github",
      secret: options.secret,
      environmentVariable: "GITHUB_WEBHOOK_SECRET",
      headers: { signature: "x-hub-signature-256" },
      prefix: "sha256=",
      content: [body],
    }),
    // Documented: 10 s, and no attempt but the first; by hand it can be delivered again for 3 days.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 60_000,
      retryHorizonMs: 259_200_000,
      maxAttempts: 1,
    },
    knows: (type, data) => fits(type, data as JsonObject),
    read({ value, text, headers }) {
      const name = readHeader(headers, "x-github-event") ?? "";
      const shape = shapes.find(([event]) => fits(event, value))?.[0];
      return {
        type: fits(name, value) ? name : (shape ?? (eventName.test(name) ? name : "")),
        data: value,
        identity: ["body", text],
        undated: true,
      };
    },
  });
}

const eventName = /^[a-z][a-z0-9_]{0,63}$/;

/** Whether a body has all members of an event. */
function fits(name: string, payload: JsonObject): boolean {
  const [, ...members] = shapes.find(([event]) => event === name) ?? [];
  return members.length > 0 && members.every((member) => Object.hasOwn(payload, member));
}
