import { signal } from '@preact/signals';
import { isAbort, type Problem } from '../api.ts';
import { api, asProblem } from '../store/server.ts';
import type { Item, Round } from '../types.ts';
import { type AreaLight, readAreaLight } from './arealights.ts';
import type { ThingName } from './things.ts';
import type { FileEvent, FileRecord, Moves, Paper } from './types.ts';

/** All that the file of a thing shows, as it was read at one time. */
export interface OpenFile {
  readonly thing: ThingName;
  readonly code: string;
  readonly item: Item;
  readonly version: number;
  readonly moves: Moves;
  readonly records: readonly FileRecord[];
  readonly papers: readonly Paper[];
  readonly events: readonly FileEvent[];
  readonly rounds: readonly Round[];
  /** Of an area, where it could be read. */
  readonly light: AreaLight | null;
  /** Parts that could not be read; what they hold is empty then. */
  readonly faults: Readonly<Partial<Record<Part, Problem>>>;
  readonly readAt: number;
}

/** What is read beside the thing itself and its moves. */
export type Part = 'records' | 'papers' | 'events' | 'rounds' | 'light';

/** The file that is open; null while it is first read. */
export const file = signal<OpenFile | null>(null);
export const fileError = signal<Problem | null>(null);
/** What was done last, for the reader and for a screen reader; "" = nothing. */
export const done = signal('');

let running: AbortController | null = null;

type Listed<K extends string, T> = Readonly<Record<K, readonly T[] | null>>;

function path(thing: ThingName, code: string, part: string): string {
  return `/api/${thing}/${encodeURIComponent(code)}/${part}`;
}

/** Reads a file whole. One that is open already stays in view until the new reading is there. */
export async function openFile(thing: ThingName, code: string): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const open = file.peek();
  if (open?.thing !== thing || open.code !== code) {
    file.value = null;
    done.value = '';
  }
  fileError.value = null;
  const at = (part: string) => path(thing, code, part);
  const { signal: stop } = mine;
  try {
    const faults: Partial<Record<Part, Problem>> = {};
    // A part that cannot be read leaves the others to be seen.
    const part = async <T>(name: Part, reading: Promise<readonly T[] | null>): Promise<readonly T[]> => {
      try {
        return (await reading) ?? [];
      } catch (err) {
        faults[name] = asProblem(err);
        return [];
      }
    };
    const [item, moves, records, papers, events, rounds, lights] = await Promise.all([
      api.versioned<Item>(`/api/collections/${thing}/items/${encodeURIComponent(code)}`, stop),
      api.read<Moves>(at('moves'), stop),
      part(
        'records',
        api.read<Listed<'records', FileRecord>>(at('records'), stop).then((a) => a.records),
      ),
      part(
        'papers',
        api.read<Listed<'files', Paper>>(at('files'), stop).then((a) => a.files),
      ),
      part(
        'events',
        api.read<Listed<'events', FileEvent>>(at('history'), stop).then((a) => a.events),
      ),
      part('rounds', thing === 'parcels' ? api.rounds(code, stop) : Promise.resolve([])),
      part(
        'light',
        thing === 'areas' ? readAreaLight(code, stop).then((a) => (a ? [a] : [])) : Promise.resolve([]),
      ),
    ]);
    const light = lights[0] ?? null;
    const version = item.version || moves.version;
    const read = {
      thing,
      code,
      item: item.body,
      version,
      moves,
      records,
      papers,
      events,
      rounds,
      light,
      faults,
    };
    file.value = { ...read, readAt: Date.now() };
  } catch (err) {
    if (isAbort(err)) return;
    fileError.value = asProblem(err);
  }
}

/** Reads the open file again. */
export async function reread(): Promise<void> {
  const open = file.peek();
  if (open) await openFile(open.thing, open.code);
}

type Sent = { key: string; version?: number };

/** Makes a move of the open file's thing, by the version that its form showed. */
export function makeMove(
  f: OpenFile,
  body: { to: string; on?: string; reason?: string; data: Record<string, string> },
  sent: Sent,
): Promise<FileEvent> {
  return api.write<FileEvent>('POST', path(f.thing, f.code, 'transitions'), body, sent);
}

/** Corrects values of the thing itself. */
export function correct(
  f: OpenFile,
  body: { values: Record<string, string>; reason: string },
  sent: Sent,
): Promise<FileEvent> {
  return api.write('PATCH', `/api/collections/${f.thing}/items/${encodeURIComponent(f.code)}`, body, sent);
}

export function addRecord(
  f: OpenFile,
  body: { kind: string; values: Record<string, string>; reason?: string },
  sent: Sent,
): Promise<FileEvent> {
  return api.write('POST', path(f.thing, f.code, 'records'), body, sent);
}

/** Corrects a record, or strikes it out. */
export function editRecord(
  f: OpenFile,
  r: FileRecord,
  body: { values?: Record<string, string>; strike?: true; reason: string },
  sent: Sent,
): Promise<FileEvent> {
  return api.write('PATCH', path(f.thing, f.code, `records/${r.kind}/${r.no}`), body, sent);
}

/** Strikes a paper out of the file; its bytes are kept. */
export function strikePaper(p: Paper, reason: string, sent: Sent): Promise<FileEvent> {
  return api.write('POST', `/api/files/${encodeURIComponent(p.token)}/strike`, { reason }, sent);
}

export function papersPath(f: OpenFile): string {
  return path(f.thing, f.code, 'files');
}
