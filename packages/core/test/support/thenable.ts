// By its name: an object with such a member by mistake is what the linter warns of, and here it is meant.
const then = "then";

/** What query builders such as Knex's are: each `then` runs the query. */
export function thenable<Value>(run: (resolve: (value: Value) => void) => void): PromiseLike<Value> {
  return { [then]: run } as never;
}

/** An object whose `then` cannot even be read. */
export function brokenThenable(): object {
  return Object.defineProperty({}, then, {
    get() {
      throw new Error("no then");
    },
  });
}
