import { createRequire } from "node:module";
import { type KnownEvent, type Provider, type UnknownEvent, verifyWebhook } from "@latchhook/core";
import { type GithubEvent, github } from "@latchhook/core/providers/github";
import { providerContract, signGithub } from "@latchhook/testing";
import { sign as signOctokit } from "@octokit/webhooks-methods";
import { describe, expect, expectTypeOf, it } from "vitest";
import { signatureVectors } from "../support/signature-vectors.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "It's a Secret to Everybody";

/** Bodies in GitHub's shapes, cut down to what tells them apart. */
const bodies = {
  ping: { zen: "Keep it logically awesome.", hook_id: 30 },
  push: { ref: "refs/heads/main", before: "6113728f", after: "0000000", commits: [] },
  pull_request: { action: "opened", number: 2, pull_request: { id: 279147437 } },
  pull_request_review: { action: "submitted", review: { id: 237895671 }, pull_request: { id: 279147437 } },
  issues: { action: "edited", issue: { id: 444500041 } },
  issue_comment: { action: "created", issue: { id: 444500041 }, comment: { id: 492700400 } },
  release: { action: "published", release: { id: 17372790 } },
  watch: { action: "started", repository: { id: 186853002 } },
} as const;

/** The event that a body was made for, found without the provider: every body here is one of the above, or cut. */
function eventOf(body: Uint8Array): string | false {
  const text = new TextDecoder().decode(body);
  return Object.entries(bodies).find(([, shape]) => JSON.stringify(shape) === text)?.[0] ?? false;
}

describe("github", () => {
  const cases = providerContract({
    provider: (given) => github({ secret: given }),
    secrets: [secret, "another-secret-of-a-webhook"],
    sign: (content) => signGithub({ ...content, event: eventOf(content.body) }),
    requiredHeaders: ["x-hub-signature-256"],
    caseInsensitiveHeaders: ["x-hub-signature-256"],
    toleranceSeconds: null,
    samples: [
      sample("push"),
      sample("ping"),
      sample("pull_request"),
      sample("pull_request_review"),
      sample("issues"),
      sample("issue_comment"),
      sample("release"),
    ],
    vectors: signatureVectors["sha256-of-body"].map(({ secret: key, body, signature, source }) => ({
      name: source,
      secret: key,
      headers: { "x-hub-signature-256": signature },
      body,
      receivedAt: Date.now(),
    })),
  });
  for (const { name, run } of cases) it(name, run);

  it("@octokit/webhooks-methods: what it signs verifies, and the helper signs the same", async () => {
    for (const payload of Object.values(bodies).map((body) => JSON.stringify(body))) {
      const signature = await signOctokit(secret, payload);
      const headers = { "x-hub-signature-256": signature };
      const request = { headers, body: Buffer.from(payload) };
      expect(await verifyWebhook(github({ secret }), request)).toMatchObject({ ok: true, secretIndex: 0 });
      expect(signGithub({ secret, body: payload }).headers).toMatchObject(headers);
    }
  });

  it("GitHub's own examples: every event is read under its name, and none is refused", async () => {
    const examples = createRequire(import.meta.url)(
      "@octokit/webhooks-examples/api.github.com/index.json",
    ) as readonly { readonly name: string; readonly examples: readonly object[] }[];
    let known = 0;
    for (const { name, examples: payloads } of examples) {
      for (const body of payloads) {
        const result = await verifyWebhook(github({ secret }), signGithub({ secret, event: name, body }));
        expect(result, `${name}: ${JSON.stringify(body).slice(0, 200)}`).toMatchObject({
          ok: true,
          event: { type: name, data: body },
        });
        if (result.ok && result.event.known) known++;
      }
    }
    expect(known).toBeGreaterThan(170);
  });
});

describe("the headers of GitHub that are not signed", () => {
  it("another delivery id → a duplicate", async () => {
    const trial = trialReceiver(github({ secret }));
    const sign = (deliveryId: string) => signGithub({ secret, event: "push", body: bodies.push, deliveryId });
    expectProcessed(await trial.post(sign("1")), "the first");
    expect((await trial.post(sign("2"))).body).toBe('{"received":true,"duplicate":true}');
    expect(trial.persisted).toHaveLength(1);
  });

  it.each([
    ["issues", bodies.push, "push"],
    ["push", bodies.issues, "issues"],
    ["issue_comment", bodies.issues, "issues"],
    ["pull_request", bodies.pull_request_review, "pull_request_review"],
  ])("the event %s over a body of another shape → the name is the body's", async (event, body, type) => {
    const result = await verifyWebhook(github({ secret }), signGithub({ secret, event, body }));
    expect(result).toMatchObject({ ok: true, event: { type, known: true } });
  });

  it("the event pull_request over a body of no shape that is known → an unknown event, and not lost", async () => {
    const trial = trialReceiver(github({ secret }));
    const signed = signGithub({ secret, event: "pull_request", body: bodies.watch });
    expectProcessed(await trial.post(signed), "watch");
    expect(trial.persisted[0]?.event).toMatchObject({ type: "pull_request", known: false });
  });

  it.each([
    ["left out", false],
    ["unheard-of", "something_new"],
    ["no name", "<script>"],
  ] as const)("the event %s → the name is the body's", async (_what, event) => {
    const result = await verifyWebhook(github({ secret }), signGithub({ secret, event, body: bodies.push }));
    expect(result).toMatchObject({ ok: true, event: { type: "push", known: true } });
  });

  it.each([
    ["watch", "watch"],
    [false, ""],
    ["x".repeat(65), ""],
    ["a b", ""],
  ] as const)("%s over a body of no known shape → an unknown event", async (event, type) => {
    const result = await verifyWebhook(github({ secret }), signGithub({ secret, event, body: bodies.watch }));
    expect(result).toMatchObject({ ok: true, event: { type, known: false, data: bodies.watch } });
  });
});

describe("events of GitHub", () => {
  it("have the sender's body, the delivery key as id, and no job", async () => {
    const signed = signGithub({ secret, event: "issues", body: bodies.issues });
    const result = await verifyWebhook(github({ secret }), signed);
    expect(result).toMatchObject({
      ok: true,
      event: { provider: "github", type: "issues", job: null, occurredAt: null, data: bodies.issues },
    });
    expect(result.ok && result.event.id === result.key).toBe(true);
  });

  it("take their payloads' types from a map", () => {
    interface Payloads {
      push: { readonly ref: string };
      issues: { readonly action: "opened" | "closed" };
    }
    expectTypeOf(github<Payloads>({ secret })).toEqualTypeOf<Provider<GithubEvent<Payloads>>>();
    expectTypeOf<GithubEvent<Payloads>>().toEqualTypeOf<
      KnownEvent<"push", Payloads["push"]> | KnownEvent<"issues", Payloads["issues"]> | UnknownEvent
    >();
    expectTypeOf<"push">().toExtend<GithubEvent["type"]>();
  });
});

function sample(name: keyof typeof bodies) {
  return {
    name,
    attempts: [bodies[name], bodies[name]] as const,
    type: name,
    known: true,
    job: null,
  };
}
