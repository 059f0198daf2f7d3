import axeCore from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds wrong with a page, in a line each. Its source is evaluated from outside, past the page's policy. */
export async function findingsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeCore.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary = "" }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 240)}`,
      ),
    );
  });
}
