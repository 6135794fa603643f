import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Problem } from '../api.ts';
import type { LatePage } from '../pages.ts';
import { problemText } from '../store/server.ts';
import { words } from '../store/view.ts';
import { TopBar } from './topbar.tsx';

const here = signal<ReadonlyMap<string, ComponentType>>(new Map());
const failed = signal('');

/** Gets a page, so that it is here or on its way when it is shown. */
export async function fetchPage({ name, get }: LatePage): Promise<void> {
  failed.value = '';
  try {
    const page = await get();
    here.value = new Map(here.value).set(name, page);
  } catch {
    failed.value = name;
  }
}

/** A page of the app, with a word while it is on its way and another when it cannot be had. */
export function Late({ page }: { page: LatePage }) {
  const Page = here.value.get(page.name);
  useEffect(() => {
    if (!here.peek().has(page.name)) void fetchPage(page);
  }, [page]);
  if (Page) return <Page />;
  return (
    <div class="page">
      <TopBar />
      <main class="card-page">
        {failed.value === page.name ? (
          <div class="card" role="alert">
            <p class="lead">{problemText(new Problem(0, ''))}</p>
            <button type="button" class="primary" onClick={() => void fetchPage(page)}>
              {words.value.errors.retry}
            </button>
          </div>
        ) : (
          <p class="lead" role="status">
            {words.value.list.loading}
          </p>
        )}
      </main>
    </div>
  );
}
