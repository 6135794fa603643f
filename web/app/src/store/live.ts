import { computed, effect, signal } from '@preact/signals';
import { MACHINE_OF, nameOf, statusOf } from '../catalogue.ts';
import type { EventLine } from '../eventstream.ts';
import { follow, type LiveChange, type LiveEvent } from '../live.ts';
import { settled } from '../settle.ts';
import { loadUseCounts } from './counts.ts';
import { detail, loadDetail } from './detail.ts';
import { framed } from './framed.ts';
import { ensureList, outdateLists, rowOf } from './lists.ts';
import { loadSummary, summary, tileset } from './server.ts';
import { announcement } from './said.ts';
import { lang, tab, view, words } from './view.ts';

/** What a map is to do when the stream speaks. */
export interface LiveMap {
  /** The revision that its tiles are asked for at. */
  revision(): number;
  apply(event: LiveEvent): void;
  reload(revision: number): void;
}

const STALE_MS = 15_000;
const REFRESH_MS = 250;
const LONGEST_MS = 2_000;
const ANNOUNCE_MS = 1_500;
const FLASH_MS = 1_600;

const connected = signal<boolean | null>(null);
const lostAt = signal<Date | null>(null);
const stale = signal(false);

/** The data revision that the page shows. */
export const revision = signal(0);
/** Things that changed a moment ago, as "layer/id". */
export const flashed = signal<ReadonlySet<string>>(new Set());

export const liveState = computed<{ kind: 'off' | 'live' | 'reconnecting' | 'stale'; since: Date | null }>(
  () => {
    if (connected.value === null) return { kind: 'off', since: null };
    if (connected.value) return { kind: 'live', since: null };
    return { kind: stale.value ? 'stale' : 'reconnecting', since: lostAt.value };
  },
);

const maps = new Set<LiveMap>();
let heard: LiveChange[] = [];
let announceTimer: ReturnType<typeof setTimeout> | undefined;
let staleTimer: ReturnType<typeof setTimeout> | undefined;

/**
 * Has a map follow the stream, until the function that it returns is called. The stream does not wait for
 * maps: one that is older than what was told by now reads everything again.
 */
export function connectMap(map: LiveMap): () => void {
  maps.add(map);
  if (map.revision() < revision.peek()) map.reload(revision.peek());
  return () => {
    maps.delete(map);
  };
}

/** Follows the stream of the audience for as long as the page lives. */
export function startLive(line?: (url: string) => EventLine): void {
  effect(() =>
    follow(
      `/api/live?tileset=${tileset.value}`,
      {
        up: setUp,
        hello: (at, resumed) => {
          // What was missed is still to come, and carries its own revisions.
          if (resumed) return;
          const shown = shownRevision();
          if (shown !== 0 && shown !== at) everythingChanged(at);
          revision.value = at;
        },
        change: (event) => {
          revision.value = Math.max(revision.value, event.revision);
          for (const map of maps) map.apply(event);
          noteChanges(event);
        },
        reload: (at) => {
          if (at > 0) revision.value = at;
          everythingChanged(revision.value);
        },
      },
      line,
    ),
  );
}

// The oldest of what the page shows: parts were read before the stream stood.
function shownRevision(): number {
  const parts = [revision.value || null, summary.value?.revision, ...[...maps].map((m) => m.revision())];
  const known = parts.filter((r) => typeof r === 'number');
  return known.length > 0 ? Math.min(...known) : 0;
}

function setUp(up: boolean): void {
  if (up === connected.value) return;
  connected.value = up;
  clearTimeout(staleTimer);
  stale.value = false;
  lostAt.value = up ? null : new Date();
  if (!up) {
    staleTimer = setTimeout(() => {
      stale.value = true;
    }, STALE_MS);
  }
}

function everythingChanged(at: number): void {
  for (const map of maps) map.reload(at);
  outdateLists();
  refreshSoon(true);
}

function noteChanges(event: LiveEvent): void {
  outdateLists();
  const open = detail.value?.item;
  const openKey = `${detail.value?.sel.collection}/${open?.properties.fid}`;
  refreshSoon(event.all || event.changes.some((c) => keyOf(c) === openKey));
  for (const c of event.changes) flashRow(keyOf(c));
  heard.push(...event.changes.filter((c) => c.layer in MACHINE_OF));
  clearTimeout(announceTimer);
  announceTimer = setTimeout(announce, ANNOUNCE_MS);
}

let drawerToo = false;

function refreshSoon(drawer: boolean): void {
  drawerToo ||= drawer;
  refresh.ask();
}

const refresh = settled(
  () => {
    const sel = drawerToo ? view.value.sel : null;
    drawerToo = false;
    if (sel) void loadDetail(sel);
    // A frame has neither list nor figures.
    if (framed) return;
    void ensureList(tab.value);
    void loadSummary();
    if (view.value.mode === 'use') void loadUseCounts();
  },
  REFRESH_MS,
  LONGEST_MS,
);

function flashRow(key: string): void {
  flashed.value = new Set([...flashed.value, key]);
  setTimeout(() => {
    flashed.value = new Set([...flashed.value].filter((k) => k !== key));
  }, FLASH_MS);
}

function announce(): void {
  const all = heard;
  heard = [];
  const only = new Set(all.map(keyOf)).size === 1 ? all.at(-1) : undefined;
  const w = words.value;
  announcement.value = only
    ? w.status.changedOne(titleOf(only), stateOf(only))
    : w.status.changedMany(all.length);
}

function titleOf(c: LiveChange): string {
  const row = rowOf(c.layer, c.id);
  return String(row?.properties.name || row?.properties.code || words.value.things[c.layer as 'areas']);
}

function stateOf(c: LiveChange): string {
  const machine = MACHINE_OF[c.layer as keyof typeof MACHINE_OF];
  const status = machine && statusOf(machine, c.status);
  return status ? nameOf(status, lang.value) : c.status;
}

function keyOf(c: LiveChange): string {
  return `${c.layer}/${c.id}`;
}
