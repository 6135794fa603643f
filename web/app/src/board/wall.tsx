import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { goTo, route } from '../store/route.ts';
import { districtName, fmt } from '../store/server.ts';
import { AreaCard } from './areas.tsx';
import { Headline, LightCounts } from './headline.tsx';
import { areas, board, headline, live } from './store.ts';
import type { Area } from './types.ts';

const TURN_MS = 12_000;
const PER_SLIDE = 6;

const slide = signal(0);
const OUT_MS = 8_000;
/** Whether the way out is offered: for a while after a touch. */
const touched = signal(false);

/**
 * The pages of the wall: the areas of each investment board. Boards with few areas share a page; one with
 * many has several.
 */
export function slidesOf(all: readonly Area[]): { boards: string[]; areas: Area[] }[] {
  const names = [...new Set(all.map((a) => a.board))].sort((a, b) => a.localeCompare(b, 'zh'));
  const out: { boards: string[]; areas: Area[] }[] = [];
  for (const name of names) {
    const own = all.filter((a) => a.board === name);
    for (let i = 0; i < own.length; i += PER_SLIDE) {
      const part = own.slice(i, i + PER_SLIDE);
      const last = out.at(-1);
      if (last && last.areas.length + part.length <= PER_SLIDE) {
        last.boards.push(name);
        last.areas.push(...part);
      } else out.push({ boards: [name], areas: part });
    }
  }
  return out;
}

function leave(): void {
  goTo(`/board${route.peek().search}`);
}

/** The wall screen: dark, without controls, turning by itself; Esc leaves it, and a touch offers to. */
export function Wall() {
  const w = board.value;
  const slides = slidesOf(areas.value.value?.areas ?? []);
  const count = slides.length + 1;
  const at = slide.value % count;
  useEffect(() => {
    const timer = setInterval(() => {
      slide.value += 1;
    }, TURN_MS);
    const onKey = (e: KeyboardEvent) => {
      if (e.key === 'Escape') leave();
      if (e.key === 'ArrowRight') slide.value += 1;
      if (e.key === 'ArrowLeft') slide.value = Math.max(0, slide.value - 1);
    };
    let out: ReturnType<typeof setTimeout> | undefined;
    const onTouch = (e: PointerEvent) => {
      if (e.pointerType === 'mouse') return;
      touched.value = true;
      clearTimeout(out);
      out = setTimeout(() => {
        touched.value = false;
      }, OUT_MS);
    };
    addEventListener('keydown', onKey);
    addEventListener('pointerdown', onTouch);
    const before = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = 'dark';
    return () => {
      clearInterval(timer);
      clearTimeout(out);
      touched.value = false;
      removeEventListener('keydown', onKey);
      removeEventListener('pointerdown', onTouch);
      if (before) document.documentElement.dataset.theme = before;
    };
  }, []);
  const shown = slides[at - 1];
  const stamp = headline.value.value;
  return (
    <main class="wall" data-slide={at}>
      <header>
        <h1>
          {districtName.value} · {shown ? shown.boards.map((b) => b || w.none).join(w.comma) : w.title}
        </h1>
        <p>
          {stamp && w.asOf(fmt.value.moment(stamp.as_of), fmt.value.int(stamp.revision))}
          {!live.value && stamp && ` · ${w.stale(fmt.value.moment(stamp.as_of))}`}
        </p>
      </header>
      <div class="wall-page" key={at}>
        {shown ? (
          <ul class="area-cards">
            {shown.areas.map((a) => (
              <li key={a.code}>
                <AreaCard area={a} />
              </li>
            ))}
          </ul>
        ) : (
          <Headline tools={<LightCounts />} />
        )}
      </div>
      {touched.value && (
        <button type="button" class="primary wall-out" onClick={leave}>
          {w.wallLeave}
        </button>
      )}
      <footer>
        <span>{w.slide(at + 1, count)}</span>
        <span>{w.wallHint}</span>
      </footer>
    </main>
  );
}
