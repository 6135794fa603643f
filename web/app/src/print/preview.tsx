import { createPortal } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icons.tsx';
import { printWords } from './choice.ts';
import type { Drawn } from './make.ts';
import { Sheet } from './sheet.tsx';

interface PreviewProps {
  drawn: Drawn;
  close: () => void;
  /** Is called when the page below can be used again. */
  gone: () => void;
}

/** The sheet as it will lie on paper, over the whole page; it alone is printed. */
export function Preview({ drawn, close, gone }: PreviewProps) {
  const w = printWords.value;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = document.documentElement;
    const app = document.getElementById('app');
    const theme = root.dataset.theme ?? '';
    // Paper is light, and what lies under the sheet is out of reach.
    root.dataset.theme = 'light';
    app?.setAttribute('inert', '');
    box.current?.focus();
    return () => {
      root.dataset.theme = theme;
      app?.removeAttribute('inert');
      gone();
    };
  }, []);
  return createPortal(
    <div
      ref={box}
      class="print-preview"
      role="dialog"
      aria-modal="true"
      aria-label={w.preview}
      tabIndex={-1}
      onKeyDown={(e) => {
        if (e.key !== 'Escape') return;
        e.stopPropagation();
        close();
      }}
    >
      <header class="print-bar">
        <button type="button" class="plain" onClick={close}>
          <Icon name="close" />
          {w.back}
        </button>
        <p class="hint">{w.actual}</p>
        <button type="button" class="primary" onClick={() => globalThis.print()}>
          {w.print}
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="print-room" tabIndex={0} aria-label={w.drawing}>
        <Sheet drawn={drawn} />
      </section>
    </div>,
    document.body,
  );
}
