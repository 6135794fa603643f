import '../styles/keysheet.css';
import { computed } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { keysEn } from '../i18n/keys.en.ts';
import { type KeyWords, keysZh } from '../i18n/keys.zh.ts';
import { route } from '../store/route.ts';
import { lang } from '../store/view.ts';

const words = computed<KeyWords>(() => (lang.value === 'en' ? keysEn : keysZh));

type Row = readonly [keys: readonly string[], what: Exclude<keyof KeyWords, 'title' | 'close' | 'tab'>];

const EVERYWHERE: readonly Row[] = [
  [['?'], 'sheet'],
  [['Esc'], 'escape'],
];
const MAP: readonly Row[] = [
  [['/'], 'search'],
  [['↑', '↓'], 'rows'],
  [['←', '↑', '↓', '→'], 'pan'],
  [['+', '-'], 'zoom'],
  [['←', '→'], 'month'],
];

function Sheet({ gone }: { gone: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const w = words.value;
  useEffect(() => dialog.current?.showModal(), []);
  const rows = route.value.path === '/map' ? [...MAP, ...EVERYWHERE] : EVERYWHERE;
  return (
    <dialog ref={dialog} class="key-sheet" aria-labelledby="key-sheet-title" onClose={gone}>
      <h2 id="key-sheet-title">{w.title}</h2>
      <dl>
        {rows.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((k) => (
                <kbd key={k}>{k}</kbd>
              ))}
            </dt>
            <dd>{w[what]}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{w.tab}</p>
      <form method="dialog">
        <button type="submit" class="primary">
          {w.close}
        </button>
      </form>
    </dialog>
  );
}

/** Shows the shortcuts of the page until they are closed; the focus returns to where it was. */
export function showKeys(): void {
  if (document.querySelector('.key-sheet')) return;
  const box = document.createElement('div');
  document.body.append(box);
  render(
    <Sheet
      gone={() => {
        render(null, box);
        box.remove();
      }}
    />,
    box,
  );
}
