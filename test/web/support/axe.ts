import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Each violation as `rule: where`. While a dialog is open only the dialog counts: the rest is hidden from everybody. */
export async function violations(page: Page): Promise<string[]> {
  // The debugger is not bound by the policy of the page.
  await page.evaluate(SOURCE);
  return page.evaluate(`(async () => {
    const scope = document.querySelector('[role=dialog], [role=alertdialog]') ?? document;
    const { violations } = await axe.run(scope, { runOnly: { type: 'tag', values: ${JSON.stringify(TAGS)} } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + ': ' + target.join(' ') + ' ' + failureSummary.split('\\n').at(-1).trim()));
  })()`);
}
