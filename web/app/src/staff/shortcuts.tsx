import { useEffect, useRef } from 'preact/hooks';
import { goTo, isStaffPath } from '../store/route.ts';
import { navRows } from './frame.tsx';
import { staffWords } from './store.ts';

const CHORD_MS = 1_500;

/** The shortcuts of the staff's pages, and the sheet that tells them ("?"). */
export function ShortcutSheet() {
  const sheet = useRef<HTMLDialogElement>(null);
  const w = staffWords.value;
  useEffect(() => {
    let chord = 0;
    const onKey = (e: KeyboardEvent) => {
      const typing = e.target instanceof Element && e.target.closest('input, textarea, select');
      if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.key === '?') {
        e.preventDefault();
        sheet.current?.showModal();
      } else if (e.key === 'g') {
        chord = e.timeStamp;
      } else if (chord > 0 && e.timeStamp - chord < CHORD_MS) {
        chord = 0;
        const row = navRows().find((r) => r.key === e.key);
        if (!row) return;
        e.preventDefault();
        sheet.current?.close();
        if (isStaffPath(row.href)) goTo(row.href);
        else location.assign(row.href);
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <dialog ref={sheet} class="shortcuts" aria-labelledby="shortcuts-title">
      <h2 id="shortcuts-title">{w.keys.title}</h2>
      <dl>
        <div>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>{w.keys.open}</dd>
        </div>
        {navRows().map((r) => (
          <div key={r.name}>
            <dt>
              <kbd>g</kbd> <kbd>{r.key}</kbd>
            </dt>
            <dd>{w.nav[r.name]}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>{w.keys.escape}</dd>
        </div>
      </dl>
      <p class="hint">{w.keys.tab}</p>
      <form method="dialog">
        <button type="submit" class="primary">
          {w.keys.close}
        </button>
      </form>
    </dialog>
  );
}
