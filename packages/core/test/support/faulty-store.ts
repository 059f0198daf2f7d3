import type { Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";

/** Calls an operation of the store beneath. */
type Operation = () => unknown;

/** A memory store whose operations can be made to fail, to answer something else, or to lose their reply. */
export interface FaultyStore {
  readonly store: Store;
  /** Puts `handler` before every further call of an operation. */
  readonly intercept: (name: keyof Store, handler: (operation: Operation) => unknown) => void;
  /** Lets an operation work again. */
  readonly restore: (name: keyof Store) => void;
}

export function faultyStore(): FaultyStore {
  const handlers = new Map<PropertyKey, (operation: Operation) => unknown>();
  const store = new Proxy(memoryStore() as Store, {
    get(target, name, self) {
      const member: unknown = Reflect.get(target, name, self);
      if (typeof member !== "function") return member;
      return (...parameters: readonly unknown[]) => {
        const operation: Operation = () => Reflect.apply(member, target, parameters);
        const handler = handlers.get(name);
        return handler === undefined ? operation() : handler(operation);
      };
    },
  });
  return {
    store,
    intercept: (name, handler) => handlers.set(name, handler),
    restore: (name) => handlers.delete(name),
  };
}

/** What a database that is away throws. */
export function connectionLost(): never {
  throw new Error("the connection was lost");
}
