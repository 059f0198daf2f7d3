import { type Metric, metrics } from "@latchhook/telemetry";
import { expect, test } from "vitest";
import { plain, tableUnder } from "../docs/support/markdown.ts";
import { readPage } from "../docs/support/pages.ts";

const page = readPage("docs/telemetry.md");
const code = (name: string): string => `\`${name}\``;

test("the page's table of metrics is what there is", () => {
  const { rows } = tableUnder(page, "Prometheus");
  const documented = Object.values<Metric>(metrics).map(({ name, type, labels, help }) => [
    ...[code(name), type, labels.map(code).join(", "), help],
  ]);
  expect(rows).toEqual(documented);
});

test("its alerts name metrics and labels that there are", () => {
  const names = Object.values<Metric>(metrics).map(({ name }) => name);
  const expressions = tableUnder(page, "What to be woken by").rows.map(([, expression = ""]) =>
    plain(expression),
  );
  expect(expressions.length).toBeGreaterThan(0);
  for (const expression of expressions) {
    for (const [name] of expression.matchAll(/latchhook_\w+/g)) {
      expect(names).toContain(name.replace(/_bucket$/, ""));
    }
  }
});
