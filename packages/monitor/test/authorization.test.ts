import { basicAuth, monitor } from "@latchhook/monitor";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { address, hookOf, pageOf, post, rowsOf, sameOrigin } from "./support/page-server.ts";

const password = "correct horse";
const origin = "http://ops.test";

function basic(user: string, secret: string): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
}

async function failing(options = {}) {
  const hook = hookOf();
  hook.failWith(new Error("told to fail"));
  await hook.send({ jobId: "job-1" });
  hook.failWith(undefined);
  const [row] = await rowsOf(pageOf([hook]));
  return { hook, page: pageOf([hook], options), key: row?.key ?? "" };
}

describe("an action", () => {
  test.each<[name: string, headers: Record<string, string>, options: object, outcome: string]>([
    ["from another site", { "sec-fetch-site": "cross-site" }, {}, "cross-origin"],
    ["from a sister site", { "sec-fetch-site": "same-site" }, {}, "cross-origin"],
    ["by an address that was typed in", { "sec-fetch-site": "none" }, {}, "cross-origin"],
    ["without any of both headers", {}, { origin }, "cross-origin"],
    ["with an Origin where none is configured", { origin }, {}, "cross-origin"],
    ["with another Origin", { origin: "http://evil.test" }, { origin }, "cross-origin"],
    ["with the Origin null", { origin: "null" }, { origin }, "cross-origin"],
    [
      "from another site with the right Origin",
      { "sec-fetch-site": "cross-site", origin },
      { origin },
      "cross-origin",
    ],
    [
      "by somebody who may read",
      sameOrigin,
      { authorize: () => ({ actor: "a", access: "read" }) },
      "read-only",
    ],
  ])("%s is refused, and nothing is done", async (_name, headers, options, outcome) => {
    const { hook, page, key } = await failing(options);
    for (const action of ["replay", "replay-all", "dismiss", "drop-body", "check-job"]) {
      expect(await post(page, { action, key }, headers)).toEqual({ status: 403, outcome });
    }
    expect(hook.persisted).toEqual([]);
    expect(await rowsOf(page)).toMatchObject([{ state: "failed" }]);
  });

  test.each<[name: string, headers: Record<string, string>, options: object]>([
    ["of the page itself", sameOrigin, {}],
    ["with the configured Origin", { origin }, { origin }],
  ])("%s is made", async (_name, headers, options) => {
    const { hook, page, key } = await failing(options);
    expect(await post(page, { action: "replay", key }, headers)).toMatchObject({ outcome: "processed" });
    expect(hook.persisted).toEqual(["job-1"]);
  });

  test("by GET is refused, and nothing is done", async () => {
    const { hook, page, key } = await failing();
    const response = await page(new Request(`${address}?action=replay&key=${key}`, { headers: sameOrigin }));
    expect(response.status).toBe(403);
    expect(hook.persisted).toEqual([]);
  });

  test("by another method, or not as a form, is refused", async () => {
    const { hook, page, key } = await failing();
    const put = await page(
      new Request(address, { method: "PUT", headers: sameOrigin, body: "action=replay" }),
    );
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    const headers = { ...sameOrigin, "content-type": "application/json" };
    const json = new Request(address, {
      method: "POST",
      headers,
      body: JSON.stringify({ action: "replay", key }),
    });
    expect((await page(json)).status).toBe(415);
    const form = new URLSearchParams({ action: "replay", key, search: "x".repeat(20_000) });
    expect(
      (await page(new Request(address, { method: "POST", headers: sameOrigin, body: form }))).status,
    ).toBe(413);
    expect(hook.persisted).toEqual([]);
  });
});

describe("authorize", () => {
  test("is required", () => {
    // @ts-expect-error: it is not optional.
    expect(() => monitor({ webhooks: [] })).toThrow(/authorize is required/);
  });

  test("answers instead of the page, whatever was asked for", async () => {
    const authorize = () => new Response("no", { status: 401, headers: { "x-reason": "none" } });
    const { hook, page, key } = await failing({ authorize });
    for (const query of [
      "",
      "?view=deliveries",
      `?view=delivery&key=${key}`,
      "?view=deliveries&format=csv",
      "?x=1",
    ]) {
      const response = await page(new Request(`${address}${query}`));
      expect([response.status, await response.text(), response.headers.get("x-reason")]).toEqual([
        401,
        "no",
        "none",
      ]);
    }
    const body = new URLSearchParams({ action: "replay", key });
    expect((await page(new Request(address, { method: "POST", headers: sameOrigin, body }))).status).toBe(
      401,
    );
    expect(hook.persisted).toEqual([]);
  });

  test.each([undefined, null, true, {}, { actor: "", access: "all" }, { actor: "a", access: "admin" }])(
    "that returns %j lets nobody in",
    async (value) => {
      const { page } = await failing({ authorize: () => value as never });
      const response = await page(new Request(address));
      expect(response.status).toBe(403);
      expect(await response.text()).not.toContain("ai-stats");
    },
  );

  describe("that throws", () => {
    beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
    afterEach(() => void vi.restoreAllMocks());

    test("lets nobody in, and its message stays in the log", async () => {
      const { page } = await failing({
        authorize: () => {
          throw new Error("password is hunter2");
        },
      });
      const response = await page(new Request(address));
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain("hunter2");
    });
  });

  test("sees the request's headers and what the framework hands over", async () => {
    const seen: unknown[] = [];
    const page = pageOf([hookOf()], {
      authorize: (request, context) => {
        seen.push(request.headers.get("x-user"), context);
        return { actor: "a", access: "read" };
      },
    });
    const request = new Request(address, { headers: { "x-user": "mira" } });
    await page(request);
    const context = { req: { raw: request } };
    await page(context);
    expect(seen).toEqual(["mira", request, "mira", context]);
  });
});

describe("basicAuth", () => {
  const authorize = basicAuth({
    ops: password,
    guest: { password: "look only", access: "read" },
    ü: "pässword ü",
  });
  const ask = (authorization?: string) =>
    authorize(new Request(address, { headers: authorization === undefined ? {} : { authorization } }));

  test("lets in who knows a password", async () => {
    expect(await ask(basic("ops", password))).toEqual({ actor: "ops", access: "all", payload: false });
    expect(await ask(basic("guest", "look only"))).toMatchObject({ actor: "guest", access: "read" });
    expect(await ask(basic("ü", "pässword ü"))).toMatchObject({ actor: "ü" });
    expect(await ask(basic("ops", password).replace("Basic", "bASIC"))).toMatchObject({ actor: "ops" });
  });

  test.each([
    undefined,
    "",
    "Basic",
    "Basic %%%",
    "Bearer abc",
    basic("ops", ""),
    basic("ops", "wrong"),
    basic("ops", `${password} `),
    basic("guest", password),
    basic("", password),
    basic("ops:correct", "horse"),
    `Basic ${"A".repeat(100_000)}`,
  ])("asks %j for a password", async (authorization) => {
    const response = await ask(authorization);
    expect(response).toBeInstanceOf(Response);
    const { status, headers } = response as Response;
    expect([status, headers.get("www-authenticate")]).toEqual([401, expect.stringMatching(/^Basic realm=/)]);
  });

  test.each([
    [{}, /at least one user/],
    [{ ops: undefined }, /password of "ops" is not set/],
    [{ ops: "  " }, /password of "ops" is not set/],
    [{ "o:ps": "password" }, /colon/],
  ])("refuses %j, and shows no password", (users, message) => {
    expect(() => basicAuth(users)).toThrow(message);
  });
});

describe("the body as it came", () => {
  test.each<[payload: boolean | undefined, shown: boolean]>([
    [undefined, false],
    [false, false],
    [true, true],
  ])("is a permission of its own: payload %s", async (payload, shown) => {
    const { page, key } = await failing({ authorize: () => ({ actor: "a", access: "all", payload }) });
    const response = await page(
      new Request(`${address}?view=delivery&key=${key}&body=raw`, {
        headers: { accept: "application/json" },
      }),
    );
    expect((await response.text()).includes("token=example")).toBe(shown);
    const html = await page(new Request(`${address}?view=delivery&key=${key}`));
    expect(await html.text()).not.toContain("token=example");
  });
});
