import { defineSender } from "../define-sender.ts";
import type { KnownEvent, UnknownEvent } from "../event.ts";
import type { Provider } from "../provider.ts";
import type { JsonObject } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { fitsGithubShape, githubShapes } from "./github/shapes.ts";

export interface GithubOptions {
  /** The webhook's secret, as you entered it. Default: the environment's `GITHUB_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

type GithubEventName = (typeof githubShapes)[number][0];

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
    knows: (type, data) => fitsGithubShape(type, data as JsonObject),
    read({ value, text, headers }) {
      const name = readHeader(headers, "x-github-event") ?? "";
      const shape = githubShapes.find(([event]) => fitsGithubShape(event, value))?.[0];
      return {
        type: fitsGithubShape(name, value) ? name : (shape ?? (eventName.test(name) ? name : "")),
        data: value,
        identity: ["body", text],
        undated: true,
      };
    },
  });
}

const eventName = /^[a-z][a-z0-9_]{0,63}$/;
