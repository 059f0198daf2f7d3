import { createHmac } from "node:crypto";
import { verifyWebhook } from "@latchhook/core";
import { zoom } from "@latchhook/core/providers/zoom";
import { signZoom } from "@latchhook/testing";
import { expect, it, vi } from "vitest";

// What the `#crypto` import resolves to where there is no node:crypto.
vi.mock("#crypto", () => import("../../src/crypto/web.ts"));

it("Zoom's question is answered where HMACs are made asynchronously", async () => {
  const [secret, plainToken] = ["a-secret-token-of-an-app", "qgg8vlvZRS6UYooatFL8Aw"];
  const signed = signZoom({ secret, body: { event: "endpoint.url_validation", payload: { plainToken } } });
  const provider = zoom({ secret: ["another-secret-token-of-it", secret] });
  expect(provider.verify(signed)).toBeInstanceOf(Promise);
  const encryptedToken = createHmac("sha256", secret).update(plainToken).digest("hex");
  expect(await verifyWebhook(provider, signed)).toMatchObject({
    kind: "handshake",
    reply: { body: JSON.stringify({ plainToken, encryptedToken }) },
  });
});
