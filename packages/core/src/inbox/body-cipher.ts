import { sha256Hex } from "#crypto";

/** Encrypts what a store keeps of bodies. */
export interface BodyCipher {
  /** Whether it encrypts at all: without keys, bytes are kept as they are. */
  readonly encrypts: boolean;
  /** @param key the delivery's; the result opens for it alone. */
  seal(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Undefined where none of the keys opens it. */
  open(key: string, sealed: Uint8Array): Promise<Uint8Array | undefined>;
}

/** The first byte of what is sealed; what is not begins with the form of a kept request. */
const form = 2;
const keyIdBytes = 8;
const nonceBytes = 12;
const headerBytes = 1 + keyIdBytes + nonceBytes;

interface CipherKey {
  readonly id: Uint8Array;
  readonly key: CryptoKey;
}

/**
 * AES-256-GCM by the platform: the form, the key's id, a random nonce, then what is encrypted. The id lets keys rotate:
 * the first encrypts, and all that are still given decrypt. The delivery's key is authenticated with it, so that
 * one delivery's bytes cannot be put in another's place.
 */
export function createBodyCipher(keys: readonly Uint8Array<ArrayBuffer>[]): BodyCipher {
  let imported: Promise<readonly CipherKey[]> | undefined;
  // At the first use: some runtimes forbid it at module scope.
  const cipherKeys = (): Promise<readonly CipherKey[]> => (imported ??= Promise.all(keys.map(importKey)));

  return {
    encrypts: keys.length > 0,
    async seal(deliveryKey, bytes) {
      const first = (await cipherKeys())[0];
      if (first === undefined) return bytes;
      const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
      const encrypted = await crypto.subtle.encrypt(parameters(nonce, deliveryKey), first.key, bytes);
      const sealed = new Uint8Array(headerBytes + encrypted.byteLength);
      sealed[0] = form;
      sealed.set(first.id, 1);
      sealed.set(nonce, 1 + keyIdBytes);
      sealed.set(new Uint8Array(encrypted), headerBytes);
      return sealed;
    },
    async open(deliveryKey, sealed) {
      if (sealed[0] !== form) return sealed;
      const id = sealed.subarray(1, 1 + keyIdBytes);
      const matching = (await cipherKeys()).find((one) => one.id.every((byte, index) => byte === id[index]));
      if (matching === undefined) return undefined;
      const nonce = sealed.slice(1 + keyIdBytes, headerBytes);
      try {
        const opened = await crypto.subtle.decrypt(
          parameters(nonce, deliveryKey),
          matching.key,
          sealed.slice(headerBytes),
        );
        return new Uint8Array(opened);
      } catch {
        return undefined;
      }
    },
  };
}

function parameters(iv: Uint8Array<ArrayBuffer>, deliveryKey: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(deliveryKey) };
}

async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CipherKey> {
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  const digest = await sha256Hex(bytes);
  const id = Uint8Array.from({ length: keyIdBytes }, (_, index) =>
    Number.parseInt(digest.slice(index * 2, index * 2 + 2), 16),
  );
  return { id, key };
}
