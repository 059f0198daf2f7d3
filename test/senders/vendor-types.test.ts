import type { BetaWebhookEventData } from "@anthropic-ai/sdk/resources/beta/webhooks";
import type { WebhookEvent as ClerkBody } from "@clerk/backend/webhooks";
import { verifyWebhook } from "@latchhook/core";
import type { AnthropicEvent } from "@latchhook/core/providers/anthropic";
import { type ClerkEvent, clerk } from "@latchhook/core/providers/clerk";
import { type GithubEvent, github } from "@latchhook/core/providers/github";
import type { OpenaiEvent } from "@latchhook/core/providers/openai";
import { polar } from "@latchhook/core/providers/polar";
import type { ReplicateEvent, ReplicatePrediction } from "@latchhook/core/providers/replicate";
import { type ResendEvent, resend } from "@latchhook/core/providers/resend";
import { signClerk, signGithub, signPolar, signResend } from "@latchhook/testing";
import type { EventPayloadMap } from "@octokit/webhooks-types";
import { WebhookEventType } from "@polar-sh/sdk/models/components/webhookeventtype.js";
import type { UnwrapWebhookEvent } from "openai/resources/webhooks";
import type { Prediction } from "replicate";
import type { WebhookEventPayload as ResendBody } from "resend";
import { describe, expect, expectTypeOf, it } from "vitest";

/** Names that the vendor's types have and ours do not. */
type Missing<Vendor extends { type: string }, Ours extends { type: string }> = Exclude<
  Vendor["type"],
  Ours["type"]
>;

// What `expectTypeOf` says is checked by the compiler alone.
describe("the vendors' own types", () => {
  it("have no event that is not known here", () => {
    expectTypeOf<Missing<UnwrapWebhookEvent, OpenaiEvent>>().toBeNever();
    expectTypeOf<Missing<BetaWebhookEventData, AnthropicEvent>>().toBeNever();
    expectTypeOf<Missing<ResendBody, ResendEvent>>().toBeNever();
    expectTypeOf<Missing<ClerkBody, ClerkEvent>>().toBeNever();
    expectTypeOf<Missing<{ type: Prediction["status"] }, ReplicateEvent>>().toBeNever();
  });

  it("have bodies that our schemas describe", () => {
    type Data = Extract<OpenaiEvent, { type: "response.completed" }>["data"];
    expectTypeOf<Extract<UnwrapWebhookEvent, { type: "response.completed" }>["data"]>().toExtend<
      Pick<Data, "id">
    >();
    expectTypeOf<Prediction>().toExtend<Pick<ReplicatePrediction, "id" | "status" | "logs" | "model">>();
  });

  it("Resend's give the events their types", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const signed = signResend({ secret, type: "email.bounced" });
    const result = await verifyWebhook(resend<ResendBody>({ secret }), signed);
    if (!result.ok || result.event.type !== "email.bounced") throw new Error("not bounced");
    expectTypeOf(result.event.data.bounce.subType).toBeString();
    expect(result.event.data.bounce.type).toBe("Permanent");
  });

  it("Clerk's give the events their types", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const signed = signClerk({ secret, data: { first_name: "Ada" } });
    const result = await verifyWebhook(clerk<ClerkBody>({ secret }), signed);
    if (!result.ok || result.event.type !== "user.created") throw new Error("not created");
    expectTypeOf(result.event.data.first_name).toEqualTypeOf<string | null>();
    expect(result.event.data.first_name).toBe("Ada");
  });

  it("GitHub's give the events their types", async () => {
    const secret = "a secret as it was entered";
    const body = { action: "opened", issue: { number: 7, title: "A title" } };
    const signed = signGithub({ secret, event: "issues", body });
    const result = await verifyWebhook(github<EventPayloadMap>({ secret }), signed);
    if (!result.ok || result.event.type !== "issues") throw new Error("not an issue");
    expectTypeOf(result.event.data.issue.title).toBeString();
    expectTypeOf<"workflow_run">().toExtend<GithubEvent<EventPayloadMap>["type"]>();
    expect(result.event.data.issue.number).toBe(7);
  });

  it.each(Object.values(WebhookEventType))("Polar's %s is known", async (type) => {
    const secret = "whsec_cG9sYXItZmlyc3Qtb2YtdHdvLXNlY3JldHMtMTI=";
    const result = await verifyWebhook(polar({ secret }), signPolar({ secret, type }));
    expect(result).toMatchObject({ ok: true, event: { type, known: true } });
  });
});
