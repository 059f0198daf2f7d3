import { isEndless } from "../shared/duration.ts";

/** A duration in milliseconds as SQL reads it: `Infinity` for what has no end. */
export function durationText(milliseconds: number): string {
  return String(isEndless(milliseconds) ? Number.POSITIVE_INFINITY : milliseconds);
}

/** PostgreSQL's text form of an array. As a text it passes through every client alike. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
