import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface AxeResult {
  violations: {
    id: string;
    impact: string | null;
    help: string;
    nodes: { target: string[]; failureSummary: string }[];
  }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Of the rows of a list, which are all made alike, so many of the first are looked at, and the last. */
const ROWS = 12;

/** Fails for every finding of axe that is serious or critical. */
export async function accessible(page: Page, what: string): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const result = await page.evaluate(async (rows) => {
    const { axe } = window as unknown as { axe: { run(context: object, options: object): Promise<unknown> } };
    const like = [...document.querySelectorAll('tbody, ul, ol, select, datalist')].flatMap((list) =>
      [...list.children].slice(rows, -1),
    );
    for (const row of like) row.setAttribute('data-like-the-first', '');
    const context = { include: [['html']], exclude: like.length > 0 ? [['[data-like-the-first]']] : [] };
    try {
      // What passed need not be told.
      return (await axe.run(context, { resultTypes: ['violations'] })) as AxeResult;
    } finally {
      for (const row of like) row.removeAttribute('data-like-the-first');
    }
  }, ROWS);
  const serious = result.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  const told = serious.map(
    (v) => `${v.id}: ${v.help} ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join('; ')}`,
  );
  assert.deepEqual(told, [], what);
}
