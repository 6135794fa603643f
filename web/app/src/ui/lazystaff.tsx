import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Problem } from '../api.ts';
import { problemText } from '../store/server.ts';
import { words } from '../store/view.ts';
import { TopBar } from './topbar.tsx';

const page = signal<ComponentType | null>(null);
const failed = signal(false);

async function load(): Promise<void> {
  failed.value = false;
  try {
    page.value = (await import('../staff/staff.tsx')).StaffPages;
  } catch {
    failed.value = true;
  }
}

/** The staff's pages, which come when they are first asked for. */
export function LazyStaff() {
  useEffect(() => {
    if (!page.value) void load();
  }, []);
  const Staff = page.value;
  if (Staff) return <Staff />;
  const w = words.value;
  return (
    <div class="page">
      <TopBar withMap={false} />
      <main class="card-page">
        {failed.value ? (
          <div class="card" role="alert">
            <p class="lead">{problemText(new Problem(0, ''))}</p>
            <button type="button" class="primary" onClick={() => void load()}>
              {w.errors.retry}
            </button>
          </div>
        ) : (
          <p class="lead" role="status">
            {w.list.loading}
          </p>
        )}
      </main>
    </div>
  );
}
