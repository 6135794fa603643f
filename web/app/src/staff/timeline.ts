import type { FieldType } from '../catalogue.gen.ts';
import { nameOf } from '../catalogue.ts';
import { factText, type Tongue } from '../facts.ts';
import type { StaffWords } from '../i18n/staff.zh.ts';
import type { Value } from '../types.ts';
import { DATA_KEYS, NOTICES } from './datakeys.gen.ts';
import type { CollectionField, FileEvent, InputField, Option, RecordKind } from './types.ts';

/** What the wording of events and records knows of the district. */
export interface Speech {
  readonly t: Tongue;
  readonly w: StaffWords;
  /** The properties of the thing. */
  readonly fields: readonly CollectionField[];
  /** The kinds of records of the thing. */
  readonly kinds: readonly RecordKind[];
  readonly fileKinds: readonly Option[];
  /** The values there are of a property or of a move's data; undefined = free text. */
  readonly options: (name: string) => readonly Option[] | undefined;
  /** The name behind a code of a collection; "" = none is known. */
  readonly ref?: (collection: string, code: string) => string;
  /** The name of a state of the thing. */
  readonly state: (code: string) => string;
  /** The district's day of a moment. */
  readonly dayOf: (iso: string) => string;
}

/** What an event changed: a value given, or one in place of another. */
export interface Line {
  readonly label: string;
  readonly text: string;
  /** What it was; undefined = it was not said before. */
  readonly was?: string;
}

export interface Entry {
  readonly key: string;
  readonly verb: string;
  readonly title: string;
  /** The state that the thing came to; "" = the event is no move. */
  readonly to: string;
  readonly from: string;
  readonly who: string;
  /** Of whom who is the name; none where who is no name. */
  readonly login: string | undefined;
  readonly at: string;
  readonly reason: string;
  readonly lines: readonly Line[];
  /** Recorded on a later day than it happened. */
  readonly late: boolean;
}

export interface DayOfEntries {
  readonly day: string;
  readonly entries: readonly Entry[];
}

// Of the keeping, not of the thing.
const UNSAID: readonly string[] = [
  'kind',
  'no',
  'hash',
  'sha256',
  'warnings',
  'version',
  'token',
  'media_type',
  'values',
];

const OF_THING: readonly string[] = ['created', 'corrected'];

/** The timeline of a file: newest day first, and within a day the newest first. */
export function timeline(events: readonly FileEvent[], s: Speech): readonly DayOfEntries[] {
  const days = new Map<string, Entry[]>();
  const numbered = events.map((e, i) => ({ e, i, day: (e.on ?? s.dayOf(e.at)).slice(0, 10) }));
  // Within a day what was recorded last stands first: a day that was given has no hour.
  numbered.sort((a, b) => b.day.localeCompare(a.day) || Date.parse(b.e.at) - Date.parse(a.e.at) || b.i - a.i);
  for (const { e, i, day } of numbered) {
    const entries = days.get(day) ?? [];
    entries.push(entryOf(e, i, day, s));
    days.set(day, entries);
  }
  return [...days].map(([day, entries]) => ({ day, entries }));
}

function entryOf(e: FileEvent, i: number, day: string, s: Speech): Entry {
  return {
    key: String(e.id ?? i),
    verb: e.verb,
    title: titleOf(e, s),
    to: e.verb === 'moved' ? (e.to ?? '') : '',
    from: e.verb === 'moved' ? (e.from ?? '') : '',
    who: whoOf(e, s),
    login: e.actor_name ? e.actor : undefined,
    at: e.at,
    reason: e.reason ?? '',
    lines: linesOf(e, s),
    late: s.dayOf(e.at) > day,
  };
}

function whoOf(e: FileEvent, s: Speech): string {
  if (e.actor === 'system') return s.w.time.system;
  if (e.actor === 'demo') return s.w.time.demo;
  return e.actor_name || (e.actor ?? '');
}

/** An event in one sentence. */
export function titleOf(e: FileEvent, s: Speech): string {
  const w = s.w.time;
  const data = e.data ?? {};
  const kind = s.kinds.find((k) => k.code === data.kind);
  const record = kind ? nameOf(kind, s.t.lang) : String(data.kind ?? '');
  const what = data.no === undefined ? record : w.numbered(record, String(data.no));
  switch (e.verb) {
    case 'created':
      return w.created;
    case 'moved':
      return e.from ? w.moved(s.state(e.from), s.state(e.to ?? '')) : s.state(e.to ?? '');
    case 'corrected':
      return w.corrected;
    case 'ended':
      return w.ended;
    case 'recorded':
      return w.recorded(what);
    case 'amended':
      return w.amended(what);
    case 'struck':
      return w.struck(data.no === undefined ? String(data.name ?? what) : what);
    case 'attached':
      return w.attached(paperName(data, s));
    case 'detached':
      return w.detached(paperName(data, s));
    case 'noted':
      return noticeOf(data, s);
    default:
      return e.verb;
  }
}

function paperName(data: Readonly<Record<string, unknown>>, s: Speech): string {
  const kind = s.fileKinds.find((k) => k.code === data.kind);
  const name = String(data.name ?? '');
  // Papers of households are told without their names: scans are named after people.
  if (name === '') return kind ? nameOf(kind, s.t.lang) : s.w.papers.file;
  return kind ? s.w.time.paper(nameOf(kind, s.t.lang), name) : name;
}

function noticeOf(data: Readonly<Record<string, unknown>>, s: Speech): string {
  const known = NOTICES.find((n) => n.code === data.notice);
  const text = known ? nameOf(known, s.t.lang) : s.w.time.noted;
  return data.due ? s.w.time.due(text, s.t.fmt.date(String(data.due))) : text;
}

/** What an event says in detail. */
export function linesOf(e: FileEvent, s: Speech): readonly Line[] {
  if (e.verb === 'noted') return [];
  const all = e.data ?? {};
  const inner = typeof all.values === 'object' && all.values !== null ? all.values : {};
  const ofThing = OF_THING.includes(e.verb);
  const kind = ofThing ? undefined : s.kinds.find((k) => k.code === all.kind);
  const paper = e.verb === 'attached' || e.verb === 'detached';
  return Object.entries({ ...all, ...inner }).flatMap(([name, value]) => {
    // The kind of a record is in its title; that of a thing is a value of it.
    if ((UNSAID.includes(name) && !(ofThing && name === 'kind')) || (paper && name === 'name')) return [];
    if (name === 'bytes' || name === 'size')
      return [{ label: s.w.papers.size, text: sizeText(Number(value)) }];
    const label = labelOf(name, s, kind);
    if (isChange(value)) {
      return [{ label, was: valueText(name, value.from, s, kind), text: valueText(name, value.to, s, kind) }];
    }
    const text = valueText(name, value, s, kind);
    return text === '' ? [] : [{ label, text }];
  });
}

function isChange(value: unknown): value is { from?: unknown; to?: unknown } {
  return typeof value === 'object' && value !== null && ('from' in value || 'to' in value);
}

interface Described {
  readonly name: string;
  readonly type: FieldType;
  readonly zh: string;
  readonly en: string;
  readonly unit?: string;
  readonly options?: readonly Option[] | null;
  readonly ref?: string;
}

function describe(name: string, s: Speech, kind?: RecordKind): Described | undefined {
  return (
    kind?.inputs.find((i: InputField) => i.name === name) ??
    // What a bulletin counted is kept with it, and told of its area as well.
    (kind?.code === 'bulletin' ? s.fields.find((f) => f.name === `bulletin_${name}`) : undefined) ??
    DATA_KEYS.find((k) => k.name === name) ??
    s.fields.find((f) => f.name === name)
  );
}

/** What a value is called. */
export function labelOf(name: string, s: Speech, kind?: RecordKind): string {
  const known = describe(name, s, kind);
  if (known) return nameOf(known, s.t.lang);
  const own: Readonly<Record<string, string>> = s.w.time.importRow;
  return own[name] ?? name;
}

/** A value in words; "" = there is none. */
export function valueText(name: string, value: unknown, s: Speech, kind?: RecordKind): string {
  if (value === undefined || value === null || value === '') return '';
  if (Array.isArray(value)) return value.map((v) => valueText(name, v, s, kind)).join('、');
  if (typeof value === 'object') return JSON.stringify(value);
  if (name === 'status') return s.state(String(value));
  const known = describe(name, s, kind);
  if (!known) return String(value);
  const options = known.options?.length ? known.options : s.options(name);
  const option = options?.find((o) => o.code === String(value));
  if (option) return nameOf(option, s.t.lang);
  const named = known.ref ? s.ref?.(known.ref, String(value)) : '';
  if (named) return named;
  const field = {
    name,
    type: known.type,
    zh: '',
    en: '',
    unit: known.unit ?? '',
    public: false,
    filter: false,
  };
  return factText(field, typed(known.type, value as Value), s.t);
}

// Records keep their values as text.
function typed(type: FieldType, value: Value): Value {
  if (typeof value !== 'string') return value;
  if (type === 'boolean') return value === 'true';
  const n = Number(value);
  return (type === 'number' || type === 'integer') && !Number.isNaN(n) ? n : value;
}

/** Bytes as people read them. */
export function sizeText(bytes: number): string {
  if (!(bytes >= 0)) return '';
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
