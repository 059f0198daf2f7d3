import type { OutcomeClass } from "../data/outcome-class.ts";
import { type Html, html } from "./html.ts";
import { exactly } from "./words.ts";

type Column = Readonly<Record<OutcomeClass, number>>;

/** Columns are 3 wide, with 1 between them. */
const pitch = 4;

/** A bar from `y` upwards, or downwards where its height is negative, as part of a path. */
function bar(index: number, y: number, height: number): string {
  if (height === 0) return "";
  const rise = round(height);
  return `M${index * pitch} ${round(y)}v${-rise}h3v${rise}`;
}

/** What is there is seen, however small beside the rest. */
function heightOf(count: number, scale: number): number {
  return count === 0 ? 0 : Math.max(count * scale, 2);
}

/**
 * Requests over time: accepted and repeated above the line, failed and refused below it, at one scale. What is refused
 * is cut off, so that a flood hides no failure.
 *
 * @param label what it shows, in words.
 */
export function requestColumns(
  columns: readonly Column[],
  { above, below, label }: { readonly above: number; readonly below: number; readonly label: string },
): Html {
  const scale = above / Math.max(1, ...columns.map(({ accepted, repeated }) => accepted + repeated));
  const paths = { empty: "", accepted: "", repeated: "", failed: "", refused: "" };
  columns.forEach(({ accepted, repeated, failed, refused }, index) => {
    const lower = Math.min(heightOf(accepted, scale), above);
    paths.accepted += bar(index, above, lower);
    paths.repeated += bar(
      index,
      above - lower,
      Math.min(heightOf(repeated, scale), Math.max(above - lower, 2)),
    );
    const fallen = Math.min(heightOf(failed, scale), below);
    paths.failed += bar(index, above + 2, -fallen);
    paths.refused += bar(index, above + 2 + fallen, -Math.min(heightOf(refused, scale), below - fallen));
    if (accepted + repeated === 0) paths.empty += bar(index, above, 1);
  });
  const width = columns.length * pitch - 1;
  const line = html`<line x1="0" x2="${width}" y1="${above + 1}" y2="${above + 1}"/>`;
  return stretched(width, above + below + 3, label, html`${filled(paths)}${line}`);
}

/** One kind of count over time. */
export function countColumns(
  counts: readonly number[],
  {
    kind,
    height = 28,
    label,
  }: { readonly kind: OutcomeClass; readonly height?: number; readonly label: string },
): Html {
  const scale = height / Math.max(1, ...counts);
  const bars = counts.map((count, index) => bar(index, height, heightOf(count, scale))).join("");
  const empty = counts.map((count, index) => bar(index, height, count === 0 ? 1 : 0)).join("");
  return stretched(counts.length * pitch - 1, height, label, html`${filled({ empty, [kind]: bars })}`);
}

/** A chart that is as wide as its place. */
function stretched(width: number, height: number, label: string, content: Html): Html {
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" height="${height}" preserveAspectRatio="none" role="img" aria-label="${label}">${content}</svg>`;
}

function filled(paths: Readonly<Record<string, string>>): readonly Html[] {
  return Object.entries(paths).map(([kind, path]) => html`<path class="${kind}" d="${path}"/>`);
}

/** What stands below a chart of time. */
export function ticks(...labels: readonly string[]): Html {
  return html`<div class="ticks" aria-hidden="true">${labels.map((label) => html`<span>${label}</span>`)}</div>`;
}

/** The longest bucket has no end. */
const openEndMs = 2_147_483_647;

/** How many requests took how long. The buckets are shown from the first that is used to the last. */
export function durationColumns(
  buckets: readonly number[],
  counts: ReadonlyMap<number, number>,
  label: string,
): Html {
  const width = 300;
  const height = 108;
  const step = width / Math.max(buckets.length, 1);
  const scale = (height - 16) / Math.max(1, ...counts.values());
  const bars = buckets.map((bucketMs, index) => {
    const count = counts.get(bucketMs) ?? 0;
    const rise = heightOf(count, scale);
    const middle = round(index * step + step / 2);
    return html`<rect class="accepted" x="${round(index * step + 1.5)}" y="${round(height - rise)}" width="${round(step - 3)}" height="${round(rise)}"/>
      <text x="${middle}" y="${round(height - rise - 4)}" text-anchor="middle">${count === 0 ? "" : count}</text>
      <text x="${middle}" y="${height + 15}" text-anchor="middle">${bucketMs === openEndMs ? "more" : shortDuration(bucketMs)}</text>`;
  });
  return html`<svg class="chart" viewBox="0 0 ${width} ${height + 20}" role="img" aria-label="${label}">${bars}<line
    x1="0" x2="${width}" y1="${height + 0.5}" y2="${height + 0.5}"/></svg>`;
}

function shortDuration(ms: number): string {
  return ms < 1_000 ? String(ms) : exactly(ms);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The sender's attempts, used and left; beyond eight the number beside it says enough. */
export function pips(used: number, most: number | null, failed: boolean): Html {
  const all = Math.min(Math.max(most ?? used, used), 8);
  return html`<svg class="chart pips" viewBox="0 0 ${Math.max(all, 4) * 8 + 2} 10" aria-hidden="true">${Array.from(
    { length: all },
    (_, index) =>
      html`<rect class="${index >= used ? "empty" : failed ? "failed" : "accepted"}" x="${index * 8}" y="1" width="7" height="8"/>`,
  )}</svg>`;
}

/** A square of a colour, for the key of a chart. */
export function swatch(kind: OutcomeClass, word: string): Html {
  return html`<span><svg class="chart" viewBox="0 0 9 9" aria-hidden="true"><rect class="${kind}" width="9" height="9"/></svg>${word}</span>`;
}

/** One length of time, such as a sender's timeout, parted at some moments. */
export function parts(wholeMs: number, momentsMs: readonly number[], label: string): Html {
  const kinds = ["accepted", "repeated", "empty"];
  let from = 0;
  const rects = [...momentsMs, wholeMs].map((atMs, index) => {
    const to = round((Math.min(atMs, wholeMs) / wholeMs) * 300);
    const rect = html`<rect class="${kinds[index] ?? "empty"}" x="${from}" y="0" width="${round(Math.max(to - from, 0))}" height="10"/>`;
    from = to;
    return rect;
  });
  return stretched(300, 10, label, html`${rects}`);
}
