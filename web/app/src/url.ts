import type { CollectionName } from './catalogue.gen.ts';
import { type Filter, parseFilter, sayFilter } from './filter.ts';

export type Lang = 'zh-CN' | 'en';
export type Theme = 'light' | 'dark';
export type Mode = 'clearance' | 'auction' | 'use';
export type Tab = 'areas' | 'parcels' | 'projects';
/** What a list is cut down to: the parcels on offer, the areas past their deadline. */
export type Only = 'offer' | 'late';
/** What a list is ordered by; without it stands the order of the codes. */
export type Sort = 'close' | 'price' | 'size' | 'late';

export const MODES: readonly Mode[] = ['clearance', 'auction', 'use'];
export const TABS: readonly Tab[] = ['areas', 'parcels', 'projects'];
export const ONLY: readonly Only[] = ['offer', 'late'];
export const SORTS: readonly Sort[] = ['close', 'price', 'size', 'late'];
/** What can be opened beside the map. */
export const TOOLS = [
  'filter',
  'table',
  'measure',
  'select',
  'remains',
  'compare',
  'overlays',
  'print',
  'share',
] as const;
export type Tool = (typeof TOOLS)[number];
const COLLECTIONS: readonly CollectionName[] = ['areas', 'parcels', 'buildings', 'projects'];

/** A layer that is laid over the map, and how much of it is seen, in percent. */
export interface Laid {
  readonly name: string;
  readonly percent: number;
}

export interface Camera {
  readonly zoom: number;
  readonly lat: number;
  readonly lng: number;
}

export interface Selection {
  readonly collection: CollectionName;
  readonly code: string;
}

/** Everything that a link carries. null = not said: the reader's own setting or the data's frame. */
export interface ViewState {
  readonly camera: Camera | null;
  readonly mode: Mode;
  readonly sel: Selection | null;
  readonly hide: readonly string[];
  readonly lang: Lang | null;
  readonly theme: Theme | null;
  readonly q: string;
  /** null = the one that goes with the mode. */
  readonly tab: Tab | null;
  readonly only: Only | null;
  readonly sort: Sort | null;
  /** The past day that the map shows, as YYYY-MM-DD; null = the present. */
  readonly date: string | null;
  /** What lists, tables, totals and the map are cut down to. */
  readonly filter: Filter;
  /** The tool that is open. */
  readonly tool: Tool | null;
  /** The day of the second map, where two are compared; null = the present. */
  readonly with: string | null;
  /** The area of which is told what remains; null = the one that is selected. */
  readonly remains: string | null;
  /** The layers that are laid over the map, from the lowest up. */
  readonly over: readonly Laid[];
}

export const START: ViewState = {
  camera: null,
  mode: 'clearance',
  sel: null,
  hide: [],
  lang: null,
  theme: null,
  q: '',
  tab: null,
  only: null,
  sort: null,
  date: null,
  filter: {},
  tool: null,
  with: null,
  remains: null,
  over: [],
};

const MAX_CODE = 200;
const MAX_QUERY = 100;
const MAX_HIDDEN = 64;
const MAX_LAID = 12;

/** Reads the part of a URL after #. Whatever it does not understand it leaves at the start value. */
export function parseHash(hash: string): ViewState {
  const said = pairs(hash.replace(/^#/, ''));
  const hide = (said.get('hide') ?? '').split(',').filter((c) => /^[a-z_]{1,32}$/.test(c));
  return {
    camera: parseCamera(said.get('v') ?? ''),
    mode: oneOf(MODES, said.get('mode')) ?? START.mode,
    sel: parseSelection(said.get('sel') ?? ''),
    hide: [...new Set(hide)].slice(0, MAX_HIDDEN),
    lang: oneOf(['zh-CN', 'en'] as const, said.get('lang')),
    theme: oneOf(['light', 'dark'] as const, said.get('theme')),
    q: (said.get('q') ?? '').slice(0, MAX_QUERY),
    tab: oneOf(TABS, said.get('tab')),
    only: oneOf(ONLY, said.get('only')),
    sort: oneOf(SORTS, said.get('sort')),
    date: parseDay(said.get('date') ?? ''),
    filter: parseFilter(said),
    tool: oneOf(TOOLS, said.get('tool')),
    with: parseDay(said.get('with') ?? ''),
    remains: parseCode(said.get('remains') ?? ''),
    over: parseLaid(said.get('over') ?? ''),
  };
}

/** Writes the part of a URL after #, without it; start values are left out. */
export function formatHash(s: ViewState): string {
  const out: string[] = [];
  const say = (key: string, value: string) => out.push(`${key}=${escapePart(value)}`);
  if (s.camera) {
    const { zoom, lat, lng } = s.camera;
    say('v', `${trim(zoom, 2)}/${trim(lat, 5)}/${trim(lng, 5)}`);
  }
  if (s.mode !== START.mode) say('mode', s.mode);
  if (s.tab) say('tab', s.tab);
  if (s.only) say('only', s.only);
  if (s.sort) say('sort', s.sort);
  if (s.date) say('date', s.date);
  if (s.sel) say('sel', `${s.sel.collection}/${s.sel.code}`);
  if (s.hide.length > 0) say('hide', s.hide.join(','));
  for (const [key, value] of sayFilter(s.filter)) say(key, value);
  if (s.tool) say('tool', s.tool);
  if (s.with) say('with', s.with);
  if (s.remains) say('remains', s.remains);
  if (s.over.length > 0)
    say('over', s.over.map((o) => (o.percent === 100 ? o.name : `${o.name}:${o.percent}`)).join(','));
  if (s.q) say('q', s.q);
  if (s.lang) say('lang', s.lang);
  if (s.theme) say('theme', s.theme);
  return out.join('&');
}

/** Says whether a link carries more than the reader's language and theme. */
export function namesView(s: ViewState): boolean {
  return formatHash({ ...s, lang: null, theme: null }) !== '';
}

/** The list that is shown: the one that was chosen, else the one that the map's theme is about. */
export function tabOf(s: Pick<ViewState, 'tab' | 'mode'>): Tab {
  return s.tab ?? (s.mode === 'clearance' ? 'areas' : 'parcels');
}

/** The language before anything was chosen: kept from before, else the browser's where it is English. */
export function firstLang(kept: string | null, browser: string): Lang {
  if (kept === 'en' || kept === 'zh-CN') return kept;
  return /^en\b/i.test(browser) ? 'en' : 'zh-CN';
}

export function sameSelection(a: Selection | null, b: Selection | null): boolean {
  return a?.collection === b?.collection && a?.code === b?.code;
}

function parseCamera(text: string): Camera | null {
  const parts = text.split('/');
  if (parts.length !== 3 || parts.some((p) => !/^-?\d+(\.\d+)?$/.test(p))) return null;
  const [zoom, lat, lng] = parts.map(Number) as [number, number, number];
  if (zoom < 0 || zoom > 22 || Math.abs(lat) > 85 || Math.abs(lng) > 180) return null;
  return { zoom, lat, lng };
}

// A day of the calendar, or nothing.
function parseDay(text: string): string | null {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return day && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : null;
}

// Layers as zones:60,streets; each once, and not without end.
function parseLaid(text: string): readonly Laid[] {
  const out = new Map<string, Laid>();
  for (const part of text.split(',')) {
    const [, name, said] = /^([^:]{1,100})(?::(\d{1,3}))?$/.exec(part) ?? [];
    const percent = Number(said ?? 100);
    if (name && percent >= 10 && percent <= 100 && out.size < MAX_LAID) out.set(name, { name, percent });
  }
  return [...out.values()];
}

function parseSelection(text: string): Selection | null {
  const cut = text.indexOf('/');
  const collection = oneOf(COLLECTIONS, text.slice(0, cut));
  const code = parseCode(text.slice(cut + 1));
  return cut < 0 || !collection || !code ? null : { collection, code };
}

function parseCode(text: string): string | null {
  return text === '' || text.length > MAX_CODE ? null : text;
}

function pairs(text: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const part of text.split('&')) {
    const cut = part.indexOf('=');
    if (cut < 1) continue;
    try {
      out.set(part.slice(0, cut), decodeURIComponent(part.slice(cut + 1)));
    } catch (err) {
      if (!(err instanceof URIError)) throw err;
    }
  }
  return out;
}

function oneOf<T extends string>(all: readonly T[], value: string | undefined): T | null {
  return all.find((x) => x === value) ?? null;
}

function escapePart(value: string): string {
  return encodeURIComponent(value).replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':');
}

function trim(n: number, digits: number): string {
  return String(Number(n.toFixed(digits)));
}
