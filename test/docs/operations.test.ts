import { type Metric, metrics } from "@latchhook/telemetry";
import { describe, expect, it } from "vitest";
import { plain, tableUnder } from "./support/markdown.ts";
import { readPage } from "./support/pages.ts";
import { outcomeCodes } from "./support/source-facts.ts";

const page = readPage("docs/operations.md");
const rules = page.fences.filter(({ language }) => language === "yaml").map(({ text }) => text);
const expressions = rules.flatMap((text) =>
  [...text.matchAll(/^ *(?:- )?expr: (.+)$/gm)].map(([, expression = ""]) => expression),
);
const known = new Map(Object.values<Metric>(metrics).map((metric) => [metric.name, metric]));

/** The metrics that a text names; of a histogram its buckets are series of their own. */
function metricsIn(text: string): string[] {
  return [...text.matchAll(/latchhook_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ""));
}

/** The labels that an expression asks for, in `{…}` or in `by (…)`. */
function labelsIn(expression: string): string[] {
  const matchers = [...expression.matchAll(/\b(\w+)=~?"/g)].map(([, label = ""]) => label);
  const groups = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(", "));
  return [...matchers, ...groups].filter((label) => label !== "le");
}

describe("docs/operations.md", () => {
  it("names no metric that does not exist", () => {
    expect(expressions.length).toBeGreaterThan(5);
    const named = [...rules, ...page.codes].flatMap(metricsIn);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(expressions)("%s", (expression) => {
    const [name = "", ...others] = metricsIn(expression);
    expect(others).toEqual([]);
    const { labels = [], type } = known.get(name) ?? {};
    expect(labelsIn(expression).filter((label) => !labels.includes(label))).toEqual([]);
    // A counter is meaningless without a rate, a gauge with one.
    expect(/\b(?:rate|increase)\(/.test(expression)).toBe(type !== "gauge");
    for (const [, outcome] of expression.matchAll(/outcome="([^"]*)"/g))
      expect(outcomeCodes()).toContain(outcome);
    expect(expression.replace(/[^(]/g, "").length).toBe(expression.replace(/[^)]/g, "").length);
  });

  it("says of each alert what it means", () => {
    const alerts = rules.flatMap((text) => [...text.matchAll(/alert: (\w+)/g)].map(([, name]) => name));
    expect(tableUnder(page, "Watch").rows.map(([name]) => plain(name))).toEqual(alerts);
  });
});
