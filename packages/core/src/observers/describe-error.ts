/**
 * What was thrown, for a log: name, message and cause, and where in the user's own code it came from. Properties of
 * the error are left out, for they may hold anything.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${describeValue(error)}`;
  const cause = error.cause instanceof Error ? `, caused by ${JSON.stringify(error.cause.message)}` : "";
  const place = ownFrame(error);
  return `${error.name}: ${JSON.stringify(error.message)}${cause}${place === undefined ? "" : `, at ${place}`}`;
}

/** `at name (place:1:1)`, `at place:1:1` or `at async place:1:1`, where the place is a file and not `node:…`. */
const frame = /^\s*at (?:.* \(|async )?((?:file:|\/|[A-Za-z]:\\).*:\d+:\d+)\)?$/;

/** How much of a stack is looked at: a message can be of any length, and is its first lines. */
const longestStack = 20_000;

/**
 * The first frame of a stack that is neither the runtime's nor a dependency's, as `file:line:column`; undefined where
 * there is none.
 */
export function ownFrame(error: Error): string | undefined {
  const { stack, message } = error;
  if (typeof stack !== "string") return undefined;
  const start = Math.max(0, stack.indexOf(message)) + message.length;
  for (const line of stack.slice(start, start + longestStack).split("\n")) {
    const place = frame.exec(line)?.[1];
    if (place === undefined || /[\\/]node_modules[\\/]/.test(place)) continue;
    return place.replace(/^file:\/\//, "");
  }
  return undefined;
}

/** What is thrown can be anything, also an object that no text can be made of. */
function describeValue(value: unknown): string {
  try {
    return JSON.stringify(String(value));
  } catch {
    return `a value of type ${typeof value}`;
  }
}
