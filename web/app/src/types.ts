import type { CollectionName, ColourToken } from './catalogue.gen.ts';

/** Answers of the server; docs/architecture.md has the contract. */
export interface District {
  code: string;
  name: string;
  name_en: string;
  frame: [number, number, number, number] | null;
  bounds: [number, number, number, number] | null;
  zone: string;
  /** EPSG number of the plane that land is measured in; 0 = none. */
  measure_srid: number;
  languages: string[];
  approval_no: string;
  base_map: { kind?: string; url?: string; attribution?: string } | null;
  /** Other sites may show the map in a frame. */
  embed: boolean;
  demo: boolean;
  version: string;
}

export interface User {
  login: string;
  name: string;
  role: string;
}

export interface DemoLogin extends User {
  password: string;
}

export interface Session {
  user: User | null;
  /** What a sign-in lacks: the code of the second factor, or a second factor. */
  need?: 'totp' | 'enrol';
  /** The identity provider that people sign on by, where there is one. */
  oidc?: { name: string };
  demo_logins?: DemoLogin[];
}

export interface StatusCount {
  code: string;
  n: number;
  mu?: number;
}

export interface Summary {
  audience: string;
  revision: number;
  as_of: string;
  areas: { total: number; by_status: StatusCount[]; plan_mu: number; cleared_mu: number; late?: number };
  households?: { surveyed: number; signed: number; moved: number; demolished: number };
  parcels: {
    total: number;
    by_status: StatusCount[];
    sold: number;
    sold_mu: number;
    sold_wan: number;
    price_per_mu_wan: number;
    premium: number;
  };
  projects: { total: number; over_1yi: number; by_status: StatusCount[]; amount_wan: number };
}

export type Value = string | number | boolean | null;

export interface Item {
  type: 'Feature';
  id: string;
  geometry: unknown;
  properties: Record<string, Value>;
  /** Of an item of a list, for staff. */
  version?: number;
}

export interface ItemPage {
  features: Item[];
  links?: { rel: string; href: string }[];
  numberReturned: number;
  numberMatched: number;
  revision: number;
}

/** How many items of a collection match, what they sum up to, and how many have each value. */
export interface Counts {
  revision: number;
  matched: number;
  sums: Record<string, number>;
  by: Record<string, { value: string; n: number }[]>;
  ids?: number[];
}

/** What is left to be done in an area. */
export interface Remains {
  area: string;
  name: string;
  revision: number;
  as_of: string;
  plan_mu: number;
  cleared_mu: number;
  left_mu: number;
  unplanned_mu: number;
  reserved: { code: string; mu: number }[];
  standing: number;
  standing_m2: number;
  illegal: number;
  illegal_m2: number;
  households: number;
  unsigned_households: number;
  unsigned_buildings: number;
  signed_not_vacated: number;
  problems_open: number;
  problems_overdue: number;
  buildings: {
    code: string;
    fid: number;
    status: string;
    legal: string;
    floor_m2: number;
    unsigned?: number;
  }[];
  problems: {
    code: string;
    title: string;
    status: string;
    department: string;
    due: string | null;
    overdue_days: number;
  }[];
}

export interface HistoryEvent {
  verb: string;
  from?: string;
  to?: string;
  on: string;
  at: string;
  /** A login, and what its owner is called where that is known. */
  actor?: string;
  actor_name?: string;
  reason?: string;
  data?: Record<string, unknown>;
}

export type Round = Record<string, Value>;

export interface Hit {
  collection: CollectionName;
  code: string;
  name: string;
  status: string;
  fid: number;
  bbox?: [number, number, number, number];
}

export interface TileJson {
  tiles: string[];
  revision?: number;
}

/** A hand-out of the public's map, as /archives lists it. */
export interface Archive {
  name: string;
  url: string;
  bytes: number;
  sha256: string;
  /** The day as of whose end it shows the map; absent = the day of its making. */
  at?: string;
  /** When its file was written. */
  changed: string;
  minzoom: number;
  maxzoom: number;
  bounds: [number, number, number, number];
}

/** What `/archives` answers. */
export interface Archives {
  archives: Archive[];
  /** How many files are still to be read before it is known what they are; absent = none. */
  reading?: number;
}

export interface RowNote {
  row: number;
  code: string;
  problem: string;
  field?: string;
  zh: string;
  en: string;
  severity: string;
}

export interface IngestReport {
  file: string;
  layer: string;
  format: string;
  encoding?: string;
  srid: number;
  crs_from: string;
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  fixed: number;
  area_m2: number;
  bbox?: number[];
  dry_run: boolean;
  committed: boolean;
  revision?: number;
  notes: RowNote[] | null;
  /** Notes beyond those; notes of row 0 count them by problem. */
  omitted?: number;
}

export type { CollectionName, ColourToken };
