import nodeCrypto, {
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { Ed25519Key, HmacKey, PlatformCrypto, SignatureEncoding } from "./crypto.ts";

// The texts are compared as the signer wrote them: decoding a signature first costs more and accepts several
// spellings of one value (trailing bits of base64). The scratch buffers save an allocation on each comparison; they
// are filled and compared within one synchronous call.
const scratch: Readonly<Record<SignatureEncoding, readonly [Buffer, Buffer]>> = {
  hex: [Buffer.alloc(64), Buffer.alloc(64)],
  base64: [Buffer.alloc(44), Buffer.alloc(44)],
};

export const importHmacKey: PlatformCrypto["importHmacKey"] = (bytes) =>
  createSecretKey(bytes) as unknown as HmacKey;

export const importEd25519Key: PlatformCrypto["importEd25519Key"] = (bytes) =>
  createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(bytes).toString("base64url") },
    format: "jwk",
  }) as unknown as Ed25519Key;

export const verifyHmac: PlatformCrypto["verifyHmac"] = (key, prefix, body, signatures, encoding) => {
  const hmac = createHmac("sha256", key as unknown as KeyObject);
  if (prefix !== "") hmac.update(prefix);
  const [expected, candidate] = scratch[encoding];
  expected.write(hmac.update(body).digest(encoding), "latin1");
  for (const signature of signatures) {
    candidate.write(signature, "latin1");
    if (timingSafeEqual(expected, candidate)) return true;
  }
  return false;
};

export const verifyEd25519: PlatformCrypto["verifyEd25519"] = (key, prefix, body, signatures) => {
  const content = Buffer.concat([Buffer.from(prefix), body]);
  return signatures.some((signature) => {
    const bytes = Buffer.from(signature, "base64");
    const canonical = bytes.toString("base64") === signature;
    return canonical && verify(null, content, key as unknown as KeyObject, bytes);
  });
};

// In one call where the runtime has it: a Hash object costs more to make and to collect than the digest itself.
const hashOnce: typeof nodeCrypto.hash | undefined = nodeCrypto.hash;

export const sha256Hex: PlatformCrypto["sha256Hex"] = (data) =>
  hashOnce === undefined ? createHash("sha256").update(data).digest("hex") : hashOnce("sha256", data, "hex");
