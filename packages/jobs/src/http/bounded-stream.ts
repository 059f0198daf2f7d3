import { failure, type JobError } from "../result.ts";
import type { Clock } from "./clock.ts";
import { describeCause, shownUrl } from "./describe-cause.ts";

/** What a content stream fails with half-way. `error` says why, as a value. */
export class JobStreamError extends Error {
  override readonly name = "JobStreamError";
  readonly error: JobError;

  constructor(error: JobError, options?: ErrorOptions) {
    super(error.message, options);
    this.error = error;
  }
}

export interface StreamLimits {
  /** Where the stream comes from, for messages. */
  readonly url: URL;
  readonly maxBytes: number;
  /** The longest pause between two chunks while the reader is waiting for one, in milliseconds. */
  readonly idleMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The stream with a limit of bytes and of silence. A reader that takes its time is not timed: only the sender is.
 * It ends with a {@link JobStreamError} at a limit, so that half a video is never taken for a whole one.
 */
export function boundedStream(
  source: ReadableStream<Uint8Array>,
  clock: Clock,
  limits: StreamLimits,
): ReadableStream<Uint8Array> {
  const { maxBytes, idleMs } = limits;
  const reader = source.getReader();
  let length = 0;
  let silent = false;

  const close = (): void => {
    clock.release();
    clock.abort();
  };
  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const timer = setTimeout(() => {
      silent = true;
      close();
    }, idleMs);
    try {
      const { done, value } = await reader.read();
      if (done) {
        clock.release();
        return controller.close();
      }
      length += value.byteLength;
      if (length > maxBytes) throw streamError("too-large", `The content is larger than ${maxBytes} bytes.`);
      controller.enqueue(value);
    } catch (error) {
      close();
      controller.error(error instanceof JobStreamError ? error : brokenStream(silent, limits, error));
    } finally {
      clearTimeout(timer);
    }
  }
  return new ReadableStream<Uint8Array>({ pull, cancel: close }, { highWaterMark: 0 });
}

function brokenStream(
  silent: boolean,
  { url, idleMs, signal }: StreamLimits,
  cause: unknown,
): JobStreamError {
  if (signal?.aborted === true) return streamError("aborted", "The download was aborted by its caller.");
  if (silent) return streamError("timeout", `${shownUrl(url)} sent nothing for ${idleMs} ms.`);
  const message = `${shownUrl(url)} broke off before the end of the content (${describeCause(cause)}).`;
  return streamError("unreachable", message, cause);
}

function streamError(code: JobError["code"], message: string, cause?: unknown): JobStreamError {
  return new JobStreamError(failure(code, message).error, { cause });
}
