import nodeCrypto, {
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { Ed25519Key, HashAlgorithm, HmacKey, PlatformCrypto, SignatureEncoding } from "./crypto.ts";

interface NodeHmacKey {
  readonly algorithm: HashAlgorithm;
  readonly key: KeyObject;
}

/** Two buffers of one length, to compare texts in without an allocation; filled and compared within one call. */
interface Scratch {
  readonly expected: Buffer;
  readonly candidate: Buffer;
}

const scratchOf = (length: number): Scratch => ({
  expected: Buffer.alloc(length),
  candidate: Buffer.alloc(length),
});

const scratches: Readonly<Record<HashAlgorithm, Readonly<Record<SignatureEncoding, Scratch>>>> = {
  sha1: { hex: scratchOf(40), base64: scratchOf(28), base64url: scratchOf(27) },
  sha256: { hex: scratchOf(64), base64: scratchOf(44), base64url: scratchOf(43) },
  sha512: { hex: scratchOf(128), base64: scratchOf(88), base64url: scratchOf(86) },
};

export const importHmacKey: PlatformCrypto["importHmacKey"] = (bytes, algorithm) =>
  ({ algorithm, key: createSecretKey(bytes) }) satisfies NodeHmacKey as unknown as HmacKey;

export const importEd25519Key: PlatformCrypto["importEd25519Key"] = (bytes) =>
  createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(bytes).toString("base64url") },
    format: "jwk",
  }) as unknown as Ed25519Key;

// Texts are compared as the signer wrote them: decoding a signature first costs more and accepts several spellings of
// one value (trailing bits of base64, characters that fold to digits).
export const verifyHmac: PlatformCrypto["verifyHmac"] = (key, prefix, body, suffix, signatures, encoding) => {
  const { algorithm, key: secret } = key as unknown as NodeHmacKey;
  const hmac = createHmac(algorithm, secret);
  if (prefix !== "") hmac.update(prefix);
  hmac.update(body);
  if (suffix !== "") hmac.update(suffix);
  const { expected, candidate } = scratches[algorithm][encoding];
  expected.write(hmac.digest(encoding), "latin1");
  for (const signature of signatures) {
    // As many characters and as many bytes as were expected: a shorter text would leave what an earlier call wrote, a
    // longer one would be cut, and a character beyond ASCII would be folded.
    const fills = signature.length === expected.length && candidate.write(signature) === expected.length;
    if (fills && timingSafeEqual(expected, candidate)) return true;
  }
  return false;
};

export const hmacHex: PlatformCrypto["hmacHex"] = (key, text) => {
  const { algorithm, key: secret } = key as unknown as NodeHmacKey;
  return createHmac(algorithm, secret).update(text).digest("hex");
};

export const verifyEd25519: PlatformCrypto["verifyEd25519"] = (
  key,
  prefix,
  body,
  suffix,
  signatures,
  encoding,
) => {
  const content = Buffer.concat([Buffer.from(prefix), body, Buffer.from(suffix)]);
  return signatures.some((signature) => {
    const bytes = Buffer.from(signature, encoding);
    const canonical = bytes.toString(encoding) === signature;
    return canonical && verify(null, content, key as unknown as KeyObject, bytes);
  });
};

// In one call where the runtime has it: a Hash object costs more to make and to collect than the digest itself.
const hashOnce: typeof nodeCrypto.hash | undefined = nodeCrypto.hash;

export const sha256Hex: PlatformCrypto["sha256Hex"] = (data) =>
  hashOnce === undefined ? createHash("sha256").update(data).digest("hex") : hashOnce("sha256", data, "hex");

// Texts may differ in length, which `timingSafeEqual` refuses; their hashes do not.
export const equalTexts: PlatformCrypto["equalTexts"] = (secret, candidate) =>
  timingSafeEqual(
    createHash("sha256").update(secret).digest(),
    createHash("sha256").update(candidate).digest(),
  );
