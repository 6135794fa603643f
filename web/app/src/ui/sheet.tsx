import { signal } from '@preact/signals';
import type { TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { fmt, summary } from '../store/server.ts';
import { view, words } from '../store/view.ts';

export type Stop = 'peek' | 'half' | 'full';
const STOPS: readonly Stop[] = ['peek', 'half', 'full'];
const SHARE: Readonly<Record<Stop, number>> = { peek: 0.12, half: 0.5, full: 1 };
const CLICK_PX = 6;

/** How far the sheet of a phone is open; a wide screen does not look at it. A link to a thing opens it. */
export const sheetStop = signal<Stop>(view.peek().sel ? 'half' : 'peek');

/** The handle of the sheet: drag it, or press it to go to the next stop. */
export function SheetHandle({ summaryLine }: { summaryLine: boolean }) {
  const w = words.value;
  const from = useRef<{ y: number; height: number; moved: boolean } | null>(null);

  const down = (e: TargetedPointerEvent<HTMLButtonElement>) => {
    const sheet = e.currentTarget.closest('[data-stop]');
    if (!sheet) return;
    e.currentTarget.setPointerCapture(e.pointerId);
    from.current = { y: e.clientY, height: sheet.getBoundingClientRect().height, moved: false };
  };
  const move = (e: TargetedPointerEvent<HTMLButtonElement>) => {
    const start = from.current;
    const sheet = e.currentTarget.closest<HTMLElement>('[data-stop]');
    if (!start || !sheet) return;
    if (Math.abs(e.clientY - start.y) > CLICK_PX) start.moved = true;
    if (start.moved) sheet.style.setProperty('height', `${start.height + start.y - e.clientY}px`);
  };
  const up = (e: TargetedPointerEvent<HTMLButtonElement>) => {
    const sheet = e.currentTarget.closest<HTMLElement>('[data-stop]');
    const start = from.current;
    if (!sheet || !start?.moved) return;
    const share = sheet.getBoundingClientRect().height / (sheet.parentElement?.clientHeight ?? innerHeight);
    sheet.style.removeProperty('height');
    sheetStop.value = nearest(share);
  };
  const click = () => {
    const dragged = from.current?.moved;
    from.current = null;
    if (!dragged) sheetStop.value = STOPS[(STOPS.indexOf(sheetStop.value) + 1) % STOPS.length] ?? 'peek';
  };

  return (
    <button
      type="button"
      class="handle"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onClick={click}
    >
      <span class="grip" aria-hidden="true" />
      <span class="unseen">{`${w.sheet.handle} (${w.sheet[sheetStop.value]})`}</span>
      {summaryLine && <PeekLine />}
    </button>
  );
}

function PeekLine() {
  const s = summary.value;
  const w = words.value.figures;
  const f = fmt.value;
  if (!s) return null;
  return (
    <span class="peek-line">
      <span>
        {w.areas} <b>{f.int(s.areas.total)}</b>
      </span>
      <span>
        {w.cleared} <b>{f.plain(s.areas.cleared_mu)}</b> {w.mu}
      </span>
      <span>
        {w.sold} <b>{f.int(s.parcels.sold)}</b>
      </span>
    </span>
  );
}

export function nearest(share: number): Stop {
  const far = (s: Stop) => Math.abs(SHARE[s] - share);
  return STOPS.reduce((best, s) => (far(s) < far(best) ? s : best));
}
