import type { Registry } from "prom-client";

/** What a scrape shows of one metric. */
export interface ScrapedMetric {
  readonly type: string;
  readonly help: string;
  readonly series: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

/** Reads the text that Prometheus reads. */
export async function scrape(register: Registry): Promise<ReadonlyMap<string, ScrapedMetric>> {
  const scraped = new Map<string, ScrapedMetric>();
  for (const block of (await register.metrics()).trim().split("\n\n")) {
    const [helpLine = "", typeLine = "", ...lines] = block.split("\n");
    const [, name = "", help = ""] = /^# HELP (\S+) (.*)$/.exec(helpLine) ?? [];
    const [, type = ""] = /^# TYPE \S+ (\S+)$/.exec(typeLine) ?? [];
    scraped.set(name, { type, help, series: lines.map(readLine) });
  }
  return scraped;
}

function readLine(line: string): ScrapedMetric["series"][number] {
  const [, name = "", labels = "", value = ""] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text]);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
}

/** The value of the only series of a metric that has these labels; undefined where there is none. */
export function seriesValue(
  scraped: ReadonlyMap<string, ScrapedMetric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const metric = scraped.get(name.replace(/_(?:count|sum)$/, "")) ?? scraped.get(name);
  const found = metric?.series.filter(
    (series) =>
      series.name === name && Object.entries(labels).every(([label, text]) => series.labels[label] === text),
  );
  if (found !== undefined && found.length > 1) throw new Error(`${name} has ${found.length} such series.`);
  return found?.[0]?.value;
}
