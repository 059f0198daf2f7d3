import { describe, expect, it, vi } from "vitest";
import { dialects } from "../support/dialects.ts";
import { bodyTests } from "./body-tests.ts";
import { keySetTests } from "./key-set-tests.ts";
import { propertyTests } from "./property-tests.ts";
import { schemeParameterTests } from "./scheme-parameter-tests.ts";
import { schemeTests } from "./scheme-tests.ts";
import { sharedSecretTests } from "./shared-secret-tests.ts";
import { signatureTests } from "./signature-tests.ts";
import { standardWebhooksTests } from "./standard-webhooks-tests.ts";
import { standardWebhooksVersionTests } from "./standard-webhooks-version-tests.ts";
import { timestampTests } from "./timestamp-tests.ts";

// What the `#crypto` import resolves to where there is no node:crypto.
vi.mock("#crypto", () => import("../../src/crypto/web.ts"));

describe("on Web Crypto", () => {
  it.each(dialects)("$name verifies asynchronously: these tests do run on Web Crypto", async (dialect) => {
    const verified = dialect.makeProvider({ secret: dialect.secrets[0] }).verify(dialect.sign());
    expect(verified).toBeInstanceOf(Promise);
    expect(await verified).toEqual({ ok: true, secretIndex: 0 });
  });

  signatureTests();
  schemeTests();
  keySetTests();
  sharedSecretTests();
  schemeParameterTests();
  standardWebhooksTests();
  standardWebhooksVersionTests();
  timestampTests();
  bodyTests();
  propertyTests(40);
});
