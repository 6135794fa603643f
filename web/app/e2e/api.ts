import type { Page } from 'playwright-core';
import type { Item, ItemPage } from '../src/types.ts';

/** Asks as somebody without an account, and waits as long as a server that is asked too fast tells to. */
export async function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  for (;;) {
    const answer = await fetch(url, { headers });
    if (answer.status !== 429) return answer;
    const wait = Number(answer.headers.get('retry-after') ?? 1);
    await new Promise((next) => setTimeout(next, wait * 1000));
  }
}

export async function json<T>(url: string): Promise<T> {
  const answer = await get(url, { Accept: 'application/json' });
  if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}`);
  return (await answer.json()) as T;
}

/** Reads a whole collection by its next links. */
export async function everything(base: string, collection: string): Promise<Item[]> {
  const items: Item[] = [];
  let next: string | undefined = `${base}/api/collections/${collection}/items?limit=500`;
  while (next) {
    const page: ItemPage = await json<ItemPage>(next);
    items.push(...page.features);
    const link: string | undefined = page.links?.find((l) => l.rel === 'next')?.href;
    const to: URL | undefined = link ? new URL(link, base) : undefined;
    next = to && `${base}${to.pathname}${to.search}`;
  }
  return items;
}

/** Asks the server as the page's account. */
export function ask<T>(page: Page, path: string): Promise<T> {
  return page.evaluate(async (p) => (await fetch(p)).json(), path) as Promise<T>;
}
