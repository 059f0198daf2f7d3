import { LatchhookError } from "@latchhook/core";

/** One step of a schema. A step that has been released never changes; what changes is a new step. */
export interface Migration {
  /** Counted from 1, without gaps. */
  readonly version: number;
  /**
   * Whether code that does not know the step must not work on a database that has it. Such code is refused at its next
   * start. A step that only adds is not breaking: during a deployment old code runs beside it.
   */
  readonly breaking?: true;
  /** Its statements, one each. */
  readonly statements: readonly string[];
}

/** What a database has of a schema. */
export interface SchemaState {
  /** The newest step; 0 where there is none. */
  readonly version: number;
  /** The newest breaking step: code has to know it. */
  readonly required: number;
}

/** How messages speak of a schema. */
export interface SchemaSubject {
  /** With its verb: `"latchhook tables are"`. */
  readonly tables: string;
  /** What has to be upgraded: `"@latchhook/stores"`. */
  readonly packageName: string;
}

/** The version that code with these steps needs. */
export function currentVersion(steps: readonly Migration[]): number {
  return steps.at(-1)?.version ?? 0;
}

/** What code has to know once these steps are applied: the newest breaking one, or the first. */
export function requiredVersion(steps: readonly Migration[]): number {
  return steps.findLast(({ breaking }) => breaking)?.version ?? 1;
}

/** @throws LatchhookError `store-misconfigured` where the database has a breaking step that this code does not know. */
export function requireKnown(
  { tables, packageName }: SchemaSubject,
  { version, required }: SchemaState,
  steps: readonly Migration[],
): void {
  const known = currentVersion(steps);
  if (required <= known) return;
  throw new LatchhookError(
    "store-misconfigured",
    `The ${tables} at version ${version}, and this release, which knows version ${known}, cannot work with what version ${required} changed. Upgrade ${packageName}.`,
  );
}
