import { w } from './words.ts';

// How much the server's clock is ahead of this one. The page may come from a cache, so the server is asked.
let ahead = 0;

/** The server's clock now, in milliseconds. */
export function serverNow(): number {
  return Date.now() + ahead;
}

async function ask(): Promise<void> {
  const sent = Date.now();
  const answer = await fetch('/livez', { method: 'HEAD', cache: 'no-store' });
  const said = Date.parse(answer.headers.get('Date') ?? '');
  // The header has whole seconds: half of one is the best guess.
  if (!Number.isNaN(said)) ahead = said + 500 - (sent + Date.now()) / 2;
}

function tick(): void {
  for (const el of document.querySelectorAll<HTMLTimeElement>('time[data-due]')) {
    const left = Math.floor((Date.parse(el.dateTime) - serverNow()) / 1000);
    const text =
      left <= 0
        ? w.over
        : w.left(
            Math.floor(left / 86_400),
            Math.floor(left / 3600) % 24,
            Math.floor(left / 60) % 60,
            left % 60,
          );
    if (el.textContent !== text) el.textContent = text;
  }
}

/** Counts down by the server's clock. */
export function startClock(): void {
  if (!document.querySelector('time[data-due]') && !document.getElementById('results')) return;
  tick();
  setInterval(tick, 1000);
  ask().then(tick, () => {}); // without an answer this machine's clock has to do
}
