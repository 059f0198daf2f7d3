import type { JsonObject } from "../../reading/json.ts";

/**
 * The members that an event's body has, those with more to tell first. GitHub signs the body alone and names the event
 * in a header. Source: its page "Webhook events and payloads" and the examples of `@octokit/webhooks-examples`.
 */
export const githubShapes = [
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

/** Whether a body has all members of an event. */
export function fitsGithubShape(name: string, payload: JsonObject): boolean {
  const [, ...members] = githubShapes.find(([event]) => event === name) ?? [];
  return members.length > 0 && members.every((member) => Object.hasOwn(payload, member));
}
