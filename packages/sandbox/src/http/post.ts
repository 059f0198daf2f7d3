import { request } from "node:http";
import { type SignedWebhook, targetUrl } from "@latchhook/testing";

export interface PostResult {
  /** The answer's status, or null where there was none. */
  readonly status: number | null;
  /** The first 500 characters of the answer, which AI Stats stores and shows. */
  readonly preview: string | null;
  readonly error: "timeout" | "unreachable" | null;
}

const previewLength = 500;

/**
 * Sends a delivery with exactly its headers. A redirect is an answer like any other: it is not followed.
 *
 * @param timeoutMs until the answer's headers, as the senders count.
 */
export function post(url: URL, signed: SignedWebhook, timeoutMs: number): Promise<PostResult> {
  const { headers, body } = signed;
  return new Promise((resolve) => {
    let timedOut = false;
    const outgoing = request(targetUrl(signed, url), {
      method: "POST",
      headers: { ...headers, "content-length": String(body.byteLength) },
      agent: false,
    });
    const timer = setTimeout(() => {
      timedOut = true;
      outgoing.destroy();
    }, timeoutMs);
    outgoing.on("error", () => {
      clearTimeout(timer);
      resolve({ status: null, preview: null, error: timedOut ? "timeout" : "unreachable" });
    });
    outgoing.on("response", (response) => {
      let preview = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        preview = (preview + chunk).slice(0, previewLength);
      });
      const end = (): void => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? null, preview, error: null });
      };
      response.on("end", end);
      // The status has arrived: a body that breaks off changes nothing.
      response.on("error", end);
      response.on("close", end);
    });
    outgoing.end(body);
  });
}
