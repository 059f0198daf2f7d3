import { describeError } from "../observers/describe-error.ts";
import { printable } from "../observers/printable.ts";

/** A promise that never settles must hold up neither a shutdown nor a runtime. */
const longestMs = 10_000;

/** Calls the options' own `dispose`, where they have one. Its failure changes nothing, and is logged. */
export async function dispose(options: { readonly dispose?: (() => unknown) | undefined }): Promise<void> {
  if (options.dispose === undefined) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It had not ended after ${longestMs} ms.`)), longestMs);
  });
  try {
    await Promise.race([options.dispose(), tooLong]);
  } catch (error) {
    console.error(printable(`[latchhook] dispose failed: ${describeError(error)}`));
  } finally {
    clearTimeout(timer);
  }
}
