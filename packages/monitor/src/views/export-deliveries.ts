import { listDeliveries } from "../data/delivery-pages.ts";
import { readFilter, resolveCause } from "../data/read-filter.ts";
import { fileAnswer } from "../http/answers.ts";
import { deliveryJson, deliveryMembers } from "./delivery-json.ts";
import type { ViewContext } from "./view.ts";

/** The most rows of one export; narrow the filter for the rest. */
const mostRows = 5_000;
const pageSize = 500;

/** The filtered list as CSV (RFC 4180), without bodies. */
export async function exportDeliveries({ query, sources, now }: ViewContext): Promise<Response> {
  const filter = await resolveCause(sources, readFilter(query, now));
  const rows: ReturnType<typeof deliveryJson>[] = [];
  let cursor: string | null = null;
  do {
    if (filter === undefined) break;
    const page = await listDeliveries(sources, filter, { limit: pageSize, cursor });
    rows.push(...page.deliveries.map(deliveryJson));
    cursor = page.next;
  } while (cursor !== null && rows.length < mostRows);
  const lines = [deliveryMembers, ...rows.map((row) => deliveryMembers.map((column) => row[column]))];
  const text = lines.map((line) => line.map(toCell).join(",")).join("\r\n");
  return fileAnswer(`${text}\r\n`, "text/csv; charset=utf-8", "deliveries.csv");
}

/**
 * A cell that no spreadsheet takes for a formula, whatever a sender has put into it.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export function toCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = value.replaceAll("\0", "");
  const safe = /^\s*[=+\-@\t\r\n|%＝＋－＠]/u.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
