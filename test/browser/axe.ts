import axeCore from "axe-core";
import type { Page } from "playwright-core";

/** What axe-core finds wrong with the page as it is now: the rule, and what breaks it. */
export async function violations(page: Page): Promise<string[]> {
  // Not as a script of the page: its policy allows none.
  await page.evaluate(axeCore.source);
  return page.evaluate(async () => {
    interface Finding {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: readonly Finding[] }> } };
    const { violations: found } = await axe.run();
    return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`));
  });
}
