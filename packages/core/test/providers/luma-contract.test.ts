import {
  isLatchhookError,
  type Provider,
  readHeader,
  type SignedRequest,
  verifyWebhook,
} from "@latchhook/core";
import { luma } from "@latchhook/core/providers/luma";
import { providerContract, signLuma } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";
import { unboundBody } from "../support/unbound-body.ts";

const secret = "secret-in-the-url-of-luma";

/** The contract knows headers alone: in it, the URL comes in one. */
const urlHeader = "x-url";

function askedByHeader(provider: Provider): Provider {
  const urlOf = ({ headers }: Pick<SignedRequest, "headers">) => readHeader(headers, urlHeader);
  return {
    ...provider,
    precheck: (request) => provider.precheck({ ...request, url: urlOf(request) }),
    verify: (request) => provider.verify({ ...request, url: urlOf(request) }),
  };
}

describe("luma", () => {
  const cases = providerContract({
    provider: (given) => askedByHeader(luma({ secret: given })),
    secrets: [secret, "another-secret-in-the-url"],
    sign: (content) => {
      const { url = "", headers, body } = signLuma(content);
      return { headers: { ...headers, [urlHeader]: url }, body };
    },
    requiredHeaders: [urlHeader],
    toleranceSeconds: null,
    samples: [
      sample("queued", "queued"),
      sample("dreaming", "processing"),
      sample("completed", "completed"),
      sample("failed", "failed"),
      { ...sample("new of theirs"), known: false },
    ],
    skip: [
      ...unboundBody,
      {
        case: "a required header with white space or junk around its value is refused",
        reason: "what stands before the query of a URL says nothing",
      },
      {
        case: "a required header with any one bit flipped is refused",
        reason: "the path of a URL says nothing",
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("the URL of Luma", () => {
  const verify = (url: string | undefined, options = {}) =>
    verifyWebhook(luma({ secret, ...options }), { ...signLuma({ secret }), url });

  it.each([
    `/hook?secret=${secret}`,
    `https://example.com/hook?tenant=a&secret=${secret}`,
    `/?secret=${secret}&secrets=another`,
    `/?secret=${secret.replaceAll("-", "%2D")}`,
  ])("%s → verified", async (url) => {
    expect(await verify(url)).toMatchObject({ ok: true });
  });

  it.each([
    undefined,
    "",
    "/",
    "/?",
    "/?secret",
    "/?secret=",
    `/${secret}`,
    `/?Secret=${secret}`,
    `/?secret=${secret}&secret=${secret}`,
    `/?secret=${secret}&secret=`,
    `/?secret=${secret}0`,
    `/?secret=${secret.slice(1)}`,
    `/?secret=${secret.toUpperCase()}`,
    `/?secret=%00${secret}`,
    `/?secret=${"%F0%9F%8C%85".repeat(1_000)}`,
    "/?secret=%E0%A4%A",
    `/?a?secret=${secret}`,
    `/?a#?secret=${secret}`,
  ])("%j → refused", async (url) => {
    expect(await verify(url)).toMatchObject({ ok: false, kind: "unauthentic" });
  });

  it("each bit of the secret flipped → refused", async () => {
    for (let bit = 0; bit < secret.length * 8; bit++) {
      const flipped = [...Buffer.from(secret)];
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const url = `/?secret=${Buffer.from(flipped).toString("latin1")}`;
      expect(await verify(url), `bit ${bit}`).toMatchObject({ ok: false });
    }
  });

  it("may have the secret under another name, and not under none", async () => {
    expect(await verify(`/?token=${secret}`, { parameter: "token" })).toMatchObject({ ok: true });
    expect(await verify(`/?secret=${secret}`, { parameter: "token" })).toMatchObject({ ok: false });
    for (const parameter of ["", 7]) {
      expect(() => luma({ secret, parameter: parameter as never })).toThrow(
        expect.toSatisfy((error) => isLatchhookError(error) && error.code === "invalid-option"),
      );
    }
  });
});

describe("callbacks of Luma", () => {
  it("are answered 200, the only success that it knows, and the secret is in no outcome", async () => {
    const trial = trialReceiver(luma({ secret }));
    const { url = "", ...signed } = signLuma({ secret });
    for (const body of ['{"received":true}', '{"received":true,"duplicate":true}']) {
      const request = new Request(new URL(url, "https://example.com/hook"), signed);
      const response = await trial.receiver.handle(request);
      expect([response.status, await response.text()]).toEqual([200, body]);
    }
    expect(trial.persisted).toHaveLength(1);
    expect(JSON.stringify(trial.outcomes)).not.toContain(secret);
  });

  it("of an end come once; of another state, as often as the body differs", async () => {
    const keyOf = async (body: object) => {
      const result = await verifyWebhook(luma({ secret }), signLuma({ secret, body }));
      return result.ok && result.key;
    };
    const ended = { id: "g_1", state: "completed" };
    expect(await keyOf({ ...ended, assets: { video: "signed anew" } })).toBe(await keyOf(ended));
    expect(await keyOf({ ...ended, state: "failed" })).not.toBe(await keyOf(ended));
    const dreaming = { id: "g_1", state: "dreaming" };
    expect(await keyOf({ ...dreaming, assets: { progress_video: "more" } })).not.toBe(await keyOf(dreaming));
  });
});

function sample(state: string, status?: string) {
  const body = { id: "g_1", state, generation_type: "video" };
  const job = status === undefined ? null : { id: "g_1", status };
  return { name: state, attempts: [body, body] as const, type: `generation.${state}`, known: true, job };
}
