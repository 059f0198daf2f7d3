import { isLatchhookError, type LatchhookError } from "@latchhook/core";
import { keyRing, type SecretOption } from "@latchhook/core/kit";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
});

const request = { headers: {}, body: new Uint8Array() };

/** A ring whose keys are the secrets in capitals, with what was imported noted. */
function ring(secret: SecretOption | undefined, option?: string) {
  const imported: string[] = [];
  const keys = keyRing({
    provider: "acme",
    ...(option === undefined ? {} : { option }),
    secret,
    environmentVariable: "ACME_SECRET",
    importKey(text) {
      imported.push(text);
      return text.toUpperCase();
    },
  });
  return { keys: () => keys(request), imported };
}

function thrown(make: () => unknown): LatchhookError {
  try {
    make();
  } catch (error) {
    return error as LatchhookError;
  }
  throw new Error("It did not throw.");
}

describe("the keys of a secret", () => {
  it.each([
    ["one", ["ONE"]],
    [
      ["one", "two"],
      ["ONE", "TWO"],
    ],
  ])("that is %j are made once, when the provider is", (secret, expected) => {
    const { keys, imported } = ring(secret);
    expect(imported).toHaveLength(expected.length);
    expect(keys()).toEqual(expected);
    expect(keys()).toBe(keys());
    expect(imported).toHaveLength(expected.length);
  });

  it("that is left out are those of the environment's", () => {
    vi.stubEnv("ACME_SECRET", "from outside");
    expect(ring(undefined).keys()).toEqual(["FROM OUTSIDE"]);
    expect(ring("given").keys()).toEqual(["GIVEN"]);
  });

  it.each<readonly [unknown, string]>([
    [[], "acme: the secret is an empty list. Pass { secret } or set ACME_SECRET."],
    ["", "acme: the secret is empty. Pass { secret } or set ACME_SECRET."],
    [" \t", "acme: the secret is empty. Pass { secret } or set ACME_SECRET."],
    [7, "acme: the secret is not a string. Pass { secret } or set ACME_SECRET."],
    [null, "acme: the secret is not a string. Pass { secret } or set ACME_SECRET."],
    ["undefined", 'acme: the secret is the text "undefined". Pass { secret } or set ACME_SECRET.'],
    [" null ", 'acme: the secret is the text "null". Pass { secret } or set ACME_SECRET.'],
    ["whsec_", 'acme: the secret is the text "whsec_". Pass { secret } or set ACME_SECRET.'],
    ["v1,whsec_", 'acme: the secret is the text "v1,whsec_". Pass { secret } or set ACME_SECRET.'],
    [["one", 7], "acme: the secret, entry 1, is not a string. Pass { secret } or set ACME_SECRET."],
    [["", "two"], "acme: the secret, entry 0, is empty. Pass { secret } or set ACME_SECRET."],
    [
      ["one", "undefined"],
      'acme: the secret, entry 1, is the text "undefined". Pass { secret } or set ACME_SECRET.',
    ],
  ])("that is %j → throws, saying so", (secret, message) => {
    const error = thrown(() => ring(secret as never));
    expect([error.code, error.message]).toEqual(["missing-secret", message]);
  });

  it("that is nowhere → throws, and names the option by its own name", () => {
    vi.stubEnv("ACME_SECRET", undefined);
    expect(thrown(() => ring(undefined)).message).toBe(
      "acme: the secret is not set. Pass { secret } or set ACME_SECRET.",
    );
    expect(thrown(() => ring(undefined, "publicKey")).message).toBe(
      "acme: the publicKey is not set. Pass { publicKey } or set ACME_SECRET.",
    );
  });
});

describe("the keys that a function finds", () => {
  it("are made at each request, one secret or several, now or later", async () => {
    expect(ring(() => "one").keys()).toEqual(["ONE"]);
    expect(await ring(async () => ["one", "two"]).keys()).toEqual(["ONE", "TWO"]);
  });

  it("are imported once, and the oldest of 256 again", () => {
    let secret: string | readonly string[] = "";
    const { keys, imported } = ring(() => secret);
    const ask = (text: string) => {
      secret = text;
      return keys();
    };
    for (let tenant = 0; tenant < 256; tenant++) ask(`tenant ${tenant}`);
    expect(imported).toHaveLength(256);
    expect(ask("tenant 0")).toEqual(["TENANT 0"]);
    expect(ask("tenant 255")).toEqual(["TENANT 255"]);
    expect(imported).toHaveLength(256);
    // One more than are kept: the oldest goes, and no other.
    ask("tenant 256");
    ask("tenant 1");
    ask("tenant 256");
    expect(imported).toHaveLength(257);
    ask("tenant 0");
    expect(imported.slice(256)).toEqual(["tenant 256", "tenant 0"]);
  });

  it.each<readonly [string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("the vault is away");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the vault is away"))],
    ["gives none", () => []],
    ["gives undefined, later", async () => undefined],
    ["gives an empty one", () => ""],
  ])("where it %s → secret-unavailable, with the cause", async (_what, resolve) => {
    const { keys } = ring(resolve as never);
    let error: unknown;
    try {
      await keys();
    } catch (caught) {
      error = caught;
    }
    expect(isLatchhookError(error) && error.code).toBe("secret-unavailable");
    expect((error as Error).message).toBe(
      "acme: the secret function failed or gave no usable secret; the delivery was refused, and the sender retries.",
    );
    expect((error as Error).cause).toBeInstanceOf(Error);
  });
});
