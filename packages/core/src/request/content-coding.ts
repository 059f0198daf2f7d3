import { type HeaderSource, readHeader } from "./headers.ts";

/**
 * Whether the body comes in a content coding, such as gzip. Senders also put a charset's name there, or a word for no
 * coding, which says nothing about the bytes (RFC 9110, section 8.4, means neither). An unknown name counts as a coding.
 */
export function hasContentCoding(headers: HeaderSource): boolean {
  const value = readHeader(headers, "content-encoding");
  return value?.split(",").some((name) => !isNoCoding(name.trim().toLowerCase())) ?? false;
}

function isNoCoding(name: string): boolean {
  return name === "" || words.has(name) || charset.test(name);
}

/** The last three are transfer encodings of mail, and leave bytes as they are. */
const words: ReadonlySet<string> = new Set(["identity", "none", "7bit", "8bit", "binary"]);

/**
 * How the names in IANA's list of character sets begin; none of its content codings does.
 * https://www.iana.org/assignments/character-sets
 * https://www.iana.org/assignments/http-parameters#content-coding
 */
const charset =
  /^(?:charset=)?"?(?:utf|ucs|unicode|(?:us-)?ascii|ansi|latin|l\d|iso|windows|cp\d|cp-|ibm|koi|mac|big5|gb|hz-|euc|shift|sjis|ms_|ks_c|tis|viscii)[\w:.()-]*"?$/;
