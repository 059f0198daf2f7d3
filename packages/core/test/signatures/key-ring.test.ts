import { isLatchhookError, type SignedRequest } from "@latchhook/core";
import { keyRing } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";

const request: SignedRequest = { headers: {}, body: new Uint8Array() };

/** A ring over one tenant's secret at a time, which notes what it imports. */
function tenants() {
  const imported: string[] = [];
  let tenant = "";
  const ring = keyRing<string>({
    provider: "acme",
    secret: () => tenant,
    environmentVariable: "ACME_SECRET",
    importKey(secret) {
      imported.push(secret);
      return `key of ${secret}`;
    },
  });
  return {
    imported,
    ask(secret: string): unknown {
      tenant = secret;
      return ring(request);
    },
  };
}

describe("the keys of a secret function", () => {
  it("are imported once for as long as 256 are remembered", () => {
    const { ask, imported } = tenants();
    for (let index = 0; index < 256; index++) expect(ask(`s${index}`)).toEqual([`key of s${index}`]);
    for (let index = 0; index < 256; index++) expect(ask(`s${index}`)).toEqual([`key of s${index}`]);
    expect(imported).toHaveLength(256);
  });

  it("beyond that the oldest alone is imported again", () => {
    const { ask, imported } = tenants();
    for (let index = 0; index <= 256; index++) ask(`s${index}`);
    expect(imported).toHaveLength(257);
    for (let index = 1; index <= 256; index++) ask(`s${index}`);
    expect(imported).toHaveLength(257);
    expect(ask("s0")).toEqual(["key of s0"]);
    expect(imported.slice(257)).toEqual(["s0"]);
    ask("s2");
    expect(imported).toHaveLength(258);
    ask("s1");
    expect(imported.slice(258)).toEqual(["s1"]);
  });

  it("fail as secret-unavailable, whatever was thrown, and nothing else does", async () => {
    const failures: readonly (() => unknown)[] = [
      () => {
        throw new TypeError("no such tenant");
      },
      () => Promise.reject(new RangeError("later")),
      () => "",
      () => [],
      () => 7,
      () => ["a-secret-that-can-be-used", null],
    ];
    for (const secret of failures) {
      const ring = keyRing({
        provider: "acme",
        secret: secret as () => string,
        environmentVariable: "ACME_SECRET",
        importKey: (text) => text,
      });
      const error = await Promise.resolve()
        .then(() => ring(request))
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      expect(isLatchhookError(error) && error.code).toBe("secret-unavailable");
    }
  });

  it("are asked for with the method, the URL and the route's parameters", () => {
    const seen: SignedRequest[] = [];
    const ring = keyRing({
      provider: "acme",
      secret: (asked) => {
        seen.push(asked);
        return "a-secret-that-can-be-used";
      },
      environmentVariable: "ACME_SECRET",
      importKey: (text) => text,
    });
    const whole = { ...request, method: "POST", url: "/hooks/acme", parameters: { tenant: "acme" } };
    ring(whole);
    expect(seen).toEqual([whole]);
  });
});
