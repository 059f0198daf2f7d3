import { type SignedWebhook, senders } from "@latchhook/testing";
import type { Outgoing } from "./outgoing.ts";

const signatureHeaders: ReadonlySet<string> = new Set(senders.map(({ signatureHeader }) => signatureHeader));

/** A forgery of a genuine request: another body, another signature or another metadata header, in turn. */
export function forge(
  signed: SignedWebhook,
  { metadataHeader, unsignedBody }: Pick<Outgoing, "metadataHeader" | "unsignedBody">,
  index: number,
): SignedWebhook {
  const forgeries: SignedWebhook[] = [
    { ...signed, url: signed.url?.replace(digest, changeInside), headers: mapSignature(signed.headers) },
  ];
  // What does not bind the body believes another one: no receiver could tell it.
  if (unsignedBody !== true) forgeries.unshift({ ...signed, body: Uint8Array.from([...signed.body, 0x20]) });
  if (metadataHeader !== undefined) {
    forgeries.push({ ...signed, headers: { ...signed.headers, [metadataHeader]: "forged" } });
  }
  return forgeries[index % forgeries.length] as SignedWebhook;
}

/** A signature's last long text: the digest, whatever stands before it. */
const digest = /[A-Za-z0-9+/_-]{16,}(?=[^A-Za-z0-9+/_-]*$)/;

/** The signature of something else: right in shape, wrong in value. */
function mapSignature(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    signatureHeaders.has(name) ? value.replace(digest, changeInside) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Another text of the same alphabet. Not at its end, where base64 has bits that say nothing. */
function changeInside(text: string): string {
  return text.slice(0, 8) + (text[8] === "0" ? "1" : "0") + text.slice(9);
}
