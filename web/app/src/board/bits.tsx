import type { ComponentChildren } from 'preact';
import { shownRate } from '../rate.ts';
import { fmt, problemText } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { Bones } from '../ui/bones.tsx';
import { changeIn } from './change.ts';
import { FIGURES, type FigureName } from './figures.gen.ts';
import { board, type Part } from './store.ts';
import type { Light } from './types.ts';

/** A light by shape, word and colour. */
export function LightMark({ light }: { light: Light }) {
  return <span class={`board-light ${light === '' ? 'none' : light}`}>{board.value.lightNames[light]}</span>;
}

/** The name of a figure with its definition. */
export function Named({ figure, children }: { figure: FigureName; children?: ComponentChildren }) {
  const f = FIGURES[figure];
  const en = lang.value === 'en';
  return <span title={en ? f.defEn : f.defZh}>{children ?? (en ? f.en : f.zh)}</span>;
}

/** A rate as a bar and as a number. */
export function RateBar({ rate, label }: { rate: number | null; label: string }) {
  if (rate === null) return <span class="soft">–</span>;
  const text = fmt.value.percent(shownRate(rate));
  return (
    <span class="rate">
      <progress max={100} value={Math.min(100, rate)} aria-label={label} />
      <span>{text}</span>
    </span>
  );
}

/** How long it is to a deadline; negative = it is over. */
export function daysText(days: number | null): string {
  const w = board.value;
  if (days === null) return '–';
  if (days < 0) return w.daysLate(fmt.value.int(-days));
  return days === 0 ? w.dueToday : w.daysLeft(fmt.value.int(days));
}

/** +32, −4, or that nothing changed; written as the figure that has changed. */
export function changeText(n: number, write: (n: number) => string = fmt.value.plain): string {
  return changeIn(n, write, board.value.noChange);
}

/** A section of the board that shows what a part has read, or why it has not. */
export function Section<T>({
  id,
  title,
  part,
  tools,
  children,
}: {
  id: string;
  title: string;
  part: Part<T>;
  tools?: ComponentChildren;
  children: (value: T) => ComponentChildren;
}) {
  const w = board.value;
  const value = part.value.value;
  const error = part.error.value;
  return (
    <section class={`board-part ${id}`} aria-labelledby={`part-${id}`}>
      <div class="board-head">
        <h2 id={`part-${id}`}>{title}</h2>
        {tools}
      </div>
      {error && (
        <div class="board-failed" role="alert">
          <p>{w.failed(problemText(error))}</p>
          <button type="button" class="plain" onClick={() => void part.again()}>
            {w.retry}
          </button>
        </div>
      )}
      {value ? children(value) : !error && <Bones rows={6} label={w.loading} />}
    </section>
  );
}

/** A table that scrolls by itself where the page is narrow. */
export function Wide({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // A group and no region: the part of the page that it is in is one, of the same name.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of forms
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div class="board-wide" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
