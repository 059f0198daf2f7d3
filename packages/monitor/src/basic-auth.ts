import { LatchhookError } from "@latchhook/core";
import type { Access } from "./access.ts";

/** What a user of {@link basicAuth} may do, beside the password. */
export interface BasicUser {
  readonly password: string;
  /** Default: `all`. */
  readonly access?: Access["access"] | undefined;
  /** Whether bodies may be seen with nothing hidden. Default: false. */
  readonly payload?: boolean | undefined;
}

const challenge = {
  "www-authenticate": 'Basic realm="latchhook", charset="UTF-8"',
  "cache-control": "no-store",
  "content-type": "text/plain; charset=utf-8",
};

/**
 * Authorizes by HTTP Basic authentication (RFC 7617). Use it over https only: a browser sends the password with each
 * request.
 *
 * @param users passwords by user, or what a user may do.
 * @throws LatchhookError `missing-secret` for a password that is empty or not set, `invalid-option` for a name that HTTP
 * cannot carry. No message holds a password.
 * @example
 * monitor({ webhooks: [hook], authorize: basicAuth({ ops: process.env.MONITOR_PASSWORD }) });
 */
export function basicAuth(
  users: Readonly<Record<string, string | BasicUser | undefined>>,
): (request: Request) => Promise<Access | Response> {
  const known = Object.entries(users).map(([name, user]) => toUser(name, user));
  if (known.length === 0) throw new LatchhookError("invalid-option", "basicAuth: name at least one user.");
  return async function authorizeByPassword(request) {
    const given = readCredentials(request.headers.get("authorization"));
    let access: Access | undefined;
    if (given !== undefined) {
      // Every user is compared with, so that time does not tell which names there are.
      for (const user of known) {
        if (await isSame(`${user.actor}:${user.password}`, given)) access = user;
      }
    }
    if (access === undefined)
      return new Response("Sign in to see the page.\n", { status: 401, headers: challenge });
    const { actor, access: rights, payload } = access;
    return { actor, access: rights, payload };
  };
}

type KnownUser = Access & { readonly password: string };

function toUser(name: string, user: string | BasicUser | undefined): KnownUser {
  const { password, access = "all", payload = false } = typeof user === "object" ? user : { password: user };
  if (name === "" || name.includes(":")) {
    throw new LatchhookError(
      "invalid-option",
      "basicAuth: a user's name may be neither empty nor hold a colon.",
    );
  }
  if (typeof password !== "string" || password.trim() === "") {
    throw new LatchhookError(
      "missing-secret",
      `basicAuth: the password of ${JSON.stringify(name)} is not set.`,
    );
  }
  return { actor: name, access, payload, password };
}

/** `user:password`, or undefined where the header is none of Basic authentication. */
function readCredentials(header: string | null): string | undefined {
  const token = /^Basic +([A-Za-z0-9+/=]{1,4096})$/i.exec(header ?? "")?.[1];
  if (token === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(token), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}

/** Compares digests under a key of this moment: of equal length whatever was given, and of no use to a clock. */
async function isSame(expected: string, given: string): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const encoder = new TextEncoder();
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
  const signature = await crypto.subtle.sign(algorithm, key, encoder.encode(expected));
  // `verify` compares in constant time.
  return crypto.subtle.verify(algorithm, key, signature, encoder.encode(given));
}
