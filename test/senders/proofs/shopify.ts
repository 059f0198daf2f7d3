import "@shopify/shopify-api/adapters/web-api";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";
import type { SenderProof } from "../sender-proof.ts";

/** The SDK only verifies: the helper signs, and it accepts. */
export const proof: SenderProof = {
  sender: "shopify",
  evidence: "source",
  package: "@shopify/shopify-api",
  async accepts({ headers, body, secret }) {
    const api = shopifyApi({
      apiKey: "key",
      apiSecretKey: secret,
      hostName: "example.com",
      apiVersion: ApiVersion.April26,
      isEmbeddedApp: true,
      logger: { log: () => {} },
    });
    const rawBody = Buffer.from(body).toString();
    const rawRequest = new Request("https://example.com/", { method: "POST", headers, body: rawBody });
    return (await api.webhooks.validate({ rawBody, rawRequest })).valid;
  },
};
