import { type Metric, metrics } from "@latchhook/telemetry";
import { expect, test } from "vitest";
import { tableUnder } from "../docs/support/markdown.ts";
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
