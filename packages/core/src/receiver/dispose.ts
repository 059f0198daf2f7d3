import { describe } from "./observe.ts";

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
    console.error(`[latchhook] dispose failed: ${describe(error)}`);
  } finally {
    clearTimeout(timer);
  }
}
