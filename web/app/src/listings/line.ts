/** What the page is told by the stream of changes, and of the stream. */
export interface Told {
  /** The data is at this revision; Infinity = everything may have changed, the server does not say how far. */
  at(revision: number): void;
  /** The stream has been down for a while; what is shown may be out of date. */
  lost(): void;
  /** It stands again; where the data is by now is told next. */
  back(): void;
}

const CLOSED = 2; // as of an EventSource
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
// A line that is back at once is not worth a word.
const LOST_MS = 5_000;

/**
 * Follows the stream of changes while the page is shown, coming back with growing waits. A page that the
 * browser had put away, and shows again as it was, asks anew.
 */
export function follow(url: string, told: Told): void {
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let silent: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT_MS;
  const open = () => {
    const es = new EventSource(url);
    source = es;
    es.addEventListener('hello', (e) => {
      wait = FIRST_WAIT_MS;
      clearTimeout(silent);
      silent = undefined;
      told.back();
      told.at(revisionIn(e));
    });
    es.addEventListener('change', (e) => told.at(revisionIn(e)));
    es.addEventListener('reload', (e) => told.at(revisionIn(e) || Number.POSITIVE_INFINITY));
    es.addEventListener('error', () => {
      silent ??= setTimeout(() => told.lost(), LOST_MS);
      // The browser comes back by itself after a dropped connection, but not after an HTTP error.
      if (es.readyState !== CLOSED) return;
      again = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    });
  };
  open();
  addEventListener('pagehide', () => {
    source?.close();
    clearTimeout(again);
    clearTimeout(silent);
    silent = undefined;
  });
  addEventListener('pageshow', (e) => {
    if (e.persisted) open();
  });
}

function revisionIn(e: Event): number {
  try {
    const said = (JSON.parse((e as MessageEvent<string>).data) as Record<string, unknown>).revision;
    return typeof said === 'number' ? said : 0;
  } catch {
    return 0;
  }
}
