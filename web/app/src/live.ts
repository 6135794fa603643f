import type { MapLayerName } from './catalogue.gen.ts';
import type { EventLine } from './eventstream.ts';

/** What one committed change did, as the stream tells it. */
export interface LiveChange {
  readonly layer: MapLayerName;
  readonly id: number;
  readonly status: string;
  readonly gone: boolean;
  /** Its history as in the tiles: a letter per move, and the day number of each; "" = not told. */
  readonly h: string;
  readonly t: readonly number[];
}

export interface LiveEvent {
  readonly revision: number;
  readonly changes: readonly LiveChange[];
  readonly tiles: readonly string[];
  /** The tiles are too many to name: read all again. */
  readonly all: boolean;
}

export interface LiveHandlers {
  /**
   * The stream stands; the server is at this revision. resumed = the browser
   * came back to the same stream, and the server sends what was missed: the
   * page is at this revision only after that.
   */
  hello(revision: number, resumed: boolean): void;
  change(event: LiveEvent): void;
  /** Everything may have changed up to this revision; 0 = the server did not say. */
  reload(revision: number): void;
  /** false from the moment the stream is lost until it stands again. */
  up(connected: boolean): void;
}

// As of an EventSource: it is over.
const CLOSED = 2;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
// The server sends a comment every few seconds; the browser does not show those, so silence is no sign.

/** Follows the change stream, coming back by itself with growing waits. Returns what ends it. */
export function follow(
  url: string,
  on: LiveHandlers,
  line: (url: string) => EventLine = (u) => new EventSource(u),
): () => void {
  let source: EventLine | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT_MS;
  let ended = false;

  const open = () => {
    const es = line(url);
    source = es;
    let greeted = false;
    es.addEventListener('hello', (e) => {
      wait = FIRST_WAIT_MS;
      const hello = parse(e);
      on.up(true);
      if (hello) on.hello(numberOf(hello.revision), greeted);
      greeted = true;
    });
    es.addEventListener('change', (e) => {
      const event = parseChange(parse(e));
      if (event) on.change(event);
    });
    es.addEventListener('reload', (e) => on.reload(numberOf(parse(e)?.revision)));
    es.addEventListener('error', () => {
      on.up(false);
      // The browser itself comes back after a dropped connection, but not after an HTTP error.
      if (es.readyState !== CLOSED || ended) return;
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    });
  };
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
  };
}

function parse(e: Event): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse((e as MessageEvent<string>).data);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch (err) {
    if (err instanceof SyntaxError) return null;
    throw err;
  }
}

/** Reads a change event; null when it has no revision. */
export function parseChange(value: Record<string, unknown> | null): LiveEvent | null {
  if (!value || typeof value.revision !== 'number') return null;
  const changes = Array.isArray(value.changes) ? value.changes : [];
  const tiles = Array.isArray(value.tiles) ? value.tiles : [];
  return {
    revision: value.revision,
    changes: changes.flatMap((c: Record<string, unknown> | null) =>
      c && typeof c.layer === 'string' && typeof c.id === 'number'
        ? [
            {
              layer: c.layer as MapLayerName,
              id: c.id,
              status: typeof c.status === 'string' ? c.status : '',
              gone: c.gone === true,
              h: typeof c.h === 'string' ? c.h : '',
              t: Array.isArray(c.t) ? c.t.filter((d) => typeof d === 'number') : [],
            },
          ]
        : [],
    ),
    tiles: tiles.filter((t): t is string => typeof t === 'string'),
    all: value.all === true,
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
