import { generateKeyPairSync } from "node:crypto";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { signStandardWebhooks } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { type PlainRequest, withHeader } from "../support/dialects.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = { type: "invoice.paid", data: { id: "inv_1" } };

const keys = generateKeyPairSync("ed25519");
const privateKey = `whsk_${keys.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64")}`;
const publicKey = `whpk_${keys.publicKey.export({ format: "der", type: "spki" }).toString("base64")}`;

function withSignatures(request: PlainRequest, ...signatures: readonly string[]): PlainRequest {
  return withHeader(request, "webhook-signature", signatures.join(" "));
}

/** Which entries of the signature list are tried, over whichever crypto is in place. */
export function standardWebhooksVersionTests(): void {
  describe("versions of Standard Webhooks", () => {
    const reasonOf = async (options: Parameters<typeof standardWebhooks>[0], request: PlainRequest) => {
      const provider = standardWebhooks(options);
      const result = await provider.verify(request);
      if (result.ok) return "verified";
      expect(provider.precheck(request) ?? result).toEqual(result);
      return result.reason;
    };
    const both = signStandardWebhooks({ secret, privateKey, body, id: "msg_1" });
    const [symmetric = "", asymmetric = ""] = (both.headers["webhook-signature"] ?? "").split(" ");

    it.each([
      ["v1a where only a secret is known", { secret }, [asymmetric]],
      ["v1 where only a public key is known", { publicKey }, [symmetric]],
      ["versions that nobody knows", { secret, publicKey }, [`v2,${symmetric.slice(3)}`, "v3,abc"]],
      ["a version in upper case", { secret }, [symmetric.replace("v1", "V1")]],
      ["misshapen ones, and none else", { secret }, ["v1,abc", "v1,"]],
    ])("%s → unsupported-signature-version", async (_what, options, signatures) => {
      const request = withSignatures(both, ...signatures);
      expect(await reasonOf(options, request)).toBe("unsupported-signature-version");
    });

    it("one entry of a known version that is misshapen → malformed-signature", async () => {
      for (const entry of ["v1,abc", "v1,", "v1", "v1a,abc", "v1a"]) {
        expect(await reasonOf({ secret, publicKey }, withSignatures(both, entry)), entry).toBe(
          "malformed-signature",
        );
      }
    });

    it("an Ed25519 signature under another version's name is not tried", async () => {
      const renamed = ["v1,", "v2,", "v1b,", "va1,", "xv1a,", ""].map((name) =>
        asymmetric.replace("v1a,", name),
      );
      for (const entry of renamed) {
        for (const signatures of [[entry], [entry, entry], [symmetric.replace("v1,", "v2,"), entry]]) {
          const result = await reasonOf({ secret, publicKey }, withSignatures(both, ...signatures));
          expect(result, signatures.join(" ")).not.toBe("verified");
        }
      }
      expect(await reasonOf({ publicKey }, withSignatures(both, ...renamed, asymmetric))).toBe("verified");
    });

    it("an HMAC under another version's name is not tried", async () => {
      const renamed = ["v1a,", "v2,", "v1b,", "v11,", "xv1,", ""].map((name) =>
        symmetric.replace("v1,", name),
      );
      for (const entry of renamed) {
        const result = await reasonOf({ secret, publicKey }, withSignatures(both, entry, entry));
        expect(result, entry).not.toBe("verified");
      }
      expect(await reasonOf({ secret }, withSignatures(both, ...renamed, symmetric))).toBe("verified");
    });

    it("a wrong v1 beside a right v1a, and the reverse → verified by the right one", async () => {
      const wrongV1 = `v1,${"A".repeat(43)}=`;
      const wrongV1a = `v1a,${"A".repeat(86)}==`;
      expect(await reasonOf({ secret, publicKey }, withSignatures(both, wrongV1, asymmetric))).toBe(
        "verified",
      );
      expect(await reasonOf({ secret, publicKey }, withSignatures(both, wrongV1a, symmetric))).toBe(
        "verified",
      );
      expect(await reasonOf({ secret, publicKey }, withSignatures(both, wrongV1, wrongV1a))).toBe(
        "signature-mismatch",
      );
    });
  });
}
