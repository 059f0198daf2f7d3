import { expect, test } from "vitest";
import {
  address,
  getJson,
  getPage,
  hookOf,
  pageOf,
  post,
  rowsOf,
  sameOrigin,
} from "./support/page-server.ts";

async function failedOnce() {
  const hook = hookOf();
  hook.failWith(new Error("told to fail"));
  await hook.send({ jobId: "job-1" });
  hook.failWith(undefined);
  const page = pageOf([hook]);
  const [row] = await rowsOf(page);
  return { hook, page, key: row?.key ?? "" };
}

test("a failed delivery is replayed, once, under the name of who asked", async () => {
  const { hook, page, key } = await failedOnce();
  expect(await post(page, { action: "replay", key })).toEqual({ status: 200, outcome: "processed" });
  expect(await post(page, { action: "replay", key })).toEqual({ status: 409, outcome: "already-done" });
  expect(hook.persisted).toEqual(["job-1"]);
  const { delivery } = await getJson<{ delivery: { attempts: { source: string; actor: string }[] } }>(
    page,
    `?view=delivery&key=${key}`,
  );
  expect(delivery).toMatchObject({ state: "done", replays: 1 });
  expect(delivery.attempts.at(-1)).toMatchObject({ source: "replay", actor: "oncall", outcome: "processed" });
});

test("a done delivery is replayed only by force", async () => {
  const hook = hookOf({ inbox: { body: "all" } });
  await hook.send({ jobId: "job-1" });
  const page = pageOf([hook]);
  const [row] = await rowsOf(page);
  const key = row?.key ?? "";
  expect(await post(page, { action: "replay", key, force: "false" })).toMatchObject({
    outcome: "already-done",
  });
  expect(await post(page, { action: "replay", key, force: "true" })).toMatchObject({ outcome: "processed" });
  expect(hook.persisted).toEqual(["job-1", "job-1"]);
});

test("a bulk replay is planned, and then runs what was planned and nothing else", async () => {
  const hook = hookOf();
  hook.failWith(new Error("this cause"));
  for (const jobId of ["one", "two", "three"]) await hook.send({ jobId });
  hook.failWith(new Error("another cause"));
  await hook.send({ jobId: "other" });
  hook.failWith(undefined);
  const page = pageOf([hook]);
  const { failures } = await getJson<{ failures: { cause: string; error: string }[] }>(page, "?view=failed");
  const cause = failures.find(({ error }) => error === "this cause")?.cause ?? "";
  expect(await getJson(page, `?view=plan&cause=${cause}`)).toMatchObject({
    plan: { planned: 3, replayable: 3 },
  });
  expect(await post(page, { action: "replay-plan", cause })).toEqual({ status: 200, outcome: "planned" });
  expect(hook.persisted).toEqual([]);
  expect(await post(page, { action: "replay-all", cause })).toEqual({ status: 200, outcome: "all" });
  expect(hook.persisted.sort()).toEqual(["one", "three", "two"]);
  // What nothing fails for any more is no filter for all the rest.
  expect(await post(page, { action: "replay-all", cause })).toEqual({
    status: 404,
    outcome: "nothing-matches",
  });
  expect(await post(page, { action: "replay-all", error: "another cause" })).toMatchObject({
    outcome: "all",
  });
  expect(hook.persisted).toHaveLength(4);
});

test("a filter that the page does not understand replays nothing more than it says", async () => {
  const { hook, page } = await failedOnce();
  expect(await post(page, { action: "replay-all", state: "done" })).toMatchObject({ outcome: "not-failed" });
  expect(await post(page, { action: "replay-all", state: "nonsense" })).toMatchObject({
    outcome: "bad-filter",
  });
  expect(await post(page, { action: "replay-all", since: "yesterday-ish" })).toMatchObject({
    outcome: "bad-filter",
  });
  expect(await post(page, { action: "replay-all", outcome: "nonsense" })).toMatchObject({
    outcome: "bad-filter",
  });
  expect(hook.persisted).toEqual([]);
});

test("a bulk replay stops at the cause that is still there, and can be looked at", async () => {
  const hook = hookOf();
  hook.failWith(new Error("still there"));
  for (let job = 0; job < 15; job++) await hook.send({ jobId: `job-${job}` });
  const page = pageOf([hook]);
  const response = await page(
    new Request(address, {
      method: "POST",
      headers: sameOrigin,
      body: new URLSearchParams({ action: "replay-all", state: "failed" }),
    }),
  );
  expect(response.status).toBe(303);
  const shown = await getPage(page, response.headers.get("location") ?? "");
  expect(shown).toContain("The replay stopped");
});

test("deliveries are dismissed, and bodies dropped", async () => {
  const { hook, page, key } = await failedOnce();
  expect(await post(page, { action: "dismiss", key })).toEqual({ status: 200, outcome: "dismissed" });
  expect(await post(page, { action: "dismiss", key })).toEqual({ status: 409, outcome: "not-failed" });
  expect(await rowsOf(page)).toMatchObject([{ state: "dismissed" }]);
  expect(await post(page, { action: "drop-body", key })).toEqual({ status: 200, outcome: "dropped" });
  expect(await post(page, { action: "replay", key })).toEqual({ status: 409, outcome: "no-body" });
  expect(hook.persisted).toEqual([]);
});

test("what is not there is named, and nothing is done", async () => {
  const page = pageOf([hookOf()]);
  expect(await post(page, { action: "replay", key: "x" })).toEqual({ status: 404, outcome: "not-found" });
  expect(await post(page, { action: "check-job", key: "x" })).toEqual({
    status: 404,
    outcome: "not-tracked",
  });
  expect(await post(page, { action: "constructor", key: "x" })).toEqual({
    status: 400,
    outcome: "unknown-action",
  });
  expect(await post(page, { action: "cancel", run: "x" })).toEqual({ status: 404, outcome: "not-found" });
});
