import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Problem } from '../api.ts';
import { problemText } from '../store/server.ts';
import { words } from '../store/view.ts';
import { Frame } from './frame.tsx';
import { staffWords } from './store.ts';

const boxes = signal<ComponentType | null>(null);
const failed = signal(false);

async function load(): Promise<void> {
  failed.value = false;
  try {
    boxes.value = (await import('../account/account.tsx')).AccountBoxes;
  } catch {
    failed.value = true;
  }
}

/** One's own account: password, second factor, tokens. */
export function AccountPage() {
  useEffect(() => {
    if (!boxes.value) void load();
  }, []);
  const Boxes = boxes.value;
  const title = staffWords.value.nav.account;
  return (
    <Frame title={title}>
      <div class="page-head">
        <h1>{title}</h1>
      </div>
      {Boxes && <Boxes />}
      {failed.value && (
        <div role="alert">
          <p>{problemText(new Problem(0, ''))}</p>
          <button type="button" class="primary" onClick={() => void load()}>
            {words.value.errors.retry}
          </button>
        </div>
      )}
    </Frame>
  );
}
