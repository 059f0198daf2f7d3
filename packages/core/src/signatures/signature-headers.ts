import { type Refusal, unauthentic } from "../provider.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";
import type { SignatureShape } from "./signature-shape.ts";

/** Signature and timestamp each in a header of its own; names in lower case. */
export interface SeparateHeaders {
  readonly signature: string;
  /** Left out where the sender signs no time. */
  readonly timestamp?: string | undefined;
}

/**
 * Both in one header, as `t=1700000000,v1=…,v1=…`. Several signatures of the name are tried, for a sender's rotation;
 * fields of other names are skipped.
 */
export interface PackedHeader {
  /** The header's name in lower case. */
  readonly packed: string;
  /** The name of the fields that hold a signature, such as `v1`. */
  readonly signature: string;
  /** The name of the field that holds the timestamp, such as `t`. */
  readonly timestamp?: string | undefined;
  /** What stands between two fields. Default: `,`. */
  readonly separator?: string | undefined;
}

/** Where a sender puts signature and timestamp; a function where that differs between its requests. */
export type SignatureHeaders = SeparateHeaders | PackedHeader | ((headers: HeaderSource) => SeparateHeaders);

/** What the headers say. Neither signature nor timestamp has been believed yet. */
export interface ReadSignatures {
  readonly ok: true;
  /** Well-formed signatures, at least one. */
  readonly signatures: readonly string[];
  readonly timestamp: string | undefined;
}

export type SignatureReader = (headers: HeaderSource) => ReadSignatures | Refusal;

/** More than any rotation needs; a sender can make a receiver look at no more than this. */
export const mostSignatures = 32;

/** Prepares the reading of a sender's signature headers. */
export function signatureReader(names: SignatureHeaders, shape: SignatureShape): SignatureReader {
  if (typeof names === "function") return (headers) => readSeparate(headers, names(headers), shape);
  if ("packed" in names) return (headers) => readPacked(readHeader(headers, names.packed), names, shape);
  return (headers) => readSeparate(headers, names, shape);
}

function readSeparate(
  headers: HeaderSource,
  names: SeparateHeaders,
  shape: SignatureShape,
): ReadSignatures | Refusal {
  const text = readHeader(headers, names.signature);
  if (text === undefined || text === "") return unauthentic("missing-signature");
  const signature = shape.read(text);
  if (signature === undefined) return unauthentic("malformed-signature");
  const timestamp = names.timestamp === undefined ? undefined : readHeader(headers, names.timestamp);
  return { ok: true, signatures: [signature], timestamp };
}

const fieldName = /^[A-Za-z][A-Za-z0-9_-]*$/;

function readPacked(
  header: string | undefined,
  { signature: signatureName, timestamp: timestampName, separator = "," }: PackedHeader,
  shape: SignatureShape,
): ReadSignatures | Refusal {
  if (header === undefined || header === "") return unauthentic("missing-signature");
  // One more than is allowed, so that a header of a million fields is not split into a million texts.
  const fields = header.split(separator, mostSignatures + 2);
  if (fields.length > mostSignatures + 1) return unauthentic("too-many-signatures");
  const timestamps: string[] = [];
  const texts: string[] = [];
  for (const field of fields) {
    const end = field.indexOf("=");
    const name = field.slice(0, Math.max(end, 0));
    if (!fieldName.test(name)) return unauthentic("malformed-signature");
    if (name === timestampName) timestamps.push(field.slice(end + 1));
    else if (name === signatureName) texts.push(field.slice(end + 1));
  }
  if (texts.length === 0) return unauthentic("missing-signature");
  const signatures = texts.map(shape.read).filter((text) => text !== undefined);
  // Two header lines arrive joined with a comma, which ends in a signature where fields have another separator.
  if (signatures.length < texts.length) return unauthentic("malformed-signature");
  if (timestamps.length > 1) return unauthentic("malformed-timestamp");
  return { ok: true, signatures, timestamp: timestamps[0] };
}
