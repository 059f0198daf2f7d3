/** Who looks at the page, and what they may do. */
export interface Access {
  /** Their name; each replay is recorded under it. */
  readonly actor: string;
  /** `read`: see; `all`: also replay, dismiss, drop bodies and check jobs. */
  readonly access: "all" | "read";
  /** Whether they may see and download bodies as they came, with nothing hidden. Default: false. */
  readonly payload?: boolean | undefined;
}

/** Whether `authorize` has named somebody. Anything else, such as undefined, lets nobody in. */
export function isAccess(value: unknown): value is Access {
  if (typeof value !== "object" || value === null) return false;
  const { actor, access } = value as Partial<Access>;
  return typeof actor === "string" && actor !== "" && (access === "all" || access === "read");
}
