import type { FieldType } from '../catalogue.gen.ts';
import type { Value } from '../types.ts';

/** Answers of the staff's API; docs/architecture.md has the contract. */
export interface Option {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

/** One value that a form asks for. All values travel as text: days as YYYY-MM-DD, booleans as true and false. */
export interface InputField {
  readonly name: string;
  readonly type: FieldType;
  readonly zh: string;
  readonly en: string;
  readonly unit?: string;
  readonly secret?: boolean;
  readonly required?: boolean;
  readonly options?: readonly Option[] | null;
  /** The collection whose code it is. */
  readonly ref?: string;
  readonly long?: boolean;
  /** What is known of it already. */
  readonly value?: string;
}

export interface Reason {
  readonly guard: string;
  readonly zh: string;
  readonly en: string;
}

export interface Move {
  readonly to: string;
  readonly zh: string;
  readonly en: string;
  readonly back: boolean;
  readonly reasons: readonly Reason[] | null;
  readonly warnings: readonly Reason[] | null;
  readonly inputs: readonly InputField[] | null;
}

export interface Moves {
  readonly status: string;
  readonly version: number;
  /** The thing lies outside the reader's areas: nothing of it may be written. */
  readonly outside?: boolean;
  readonly moves: readonly Move[] | null;
  /** Kinds of records that nobody can add as it stands. */
  readonly barred?: readonly (Reason & { readonly kind: string })[] | null;
}

/** An event that a write answers, or one of the timeline. */
export interface FileEvent {
  readonly id?: number;
  readonly verb: string;
  readonly from?: string;
  readonly to?: string;
  readonly on: string | null;
  readonly at: string;
  readonly actor?: string;
  readonly actor_name?: string;
  readonly reason?: string;
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly version?: number;
  readonly warnings?: readonly Reason[] | null;
}

export interface FileRecord {
  readonly kind: string;
  readonly no: number;
  readonly on: string;
  readonly due?: string | null;
  readonly done_on?: string | null;
  readonly person?: string;
  readonly organisation?: string;
  readonly values: Readonly<Record<string, string>> | null;
  readonly by: string;
  readonly by_name?: string;
  readonly version: number;
  readonly created_at: string;
  readonly struck_at?: string | null;
  readonly struck_why?: string;
}

export interface Paper {
  readonly token: string;
  readonly kind: string;
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly by: string;
  readonly by_name?: string;
  readonly created_at: string;
}

export interface RecordKind {
  readonly of: string;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly write?: boolean;
  readonly inputs: readonly InputField[];
}

export interface Forms {
  readonly collections: readonly {
    readonly id: string;
    readonly create: readonly InputField[] | null;
    readonly edit: readonly InputField[] | null;
    /** The reader may make and correct items, and write their files. */
    readonly write?: boolean;
  }[];
  readonly records: readonly RecordKind[];
  readonly work: readonly Option[];
  readonly file_kinds: readonly Option[];
  readonly duties: readonly Option[];
  readonly deeds: readonly string[];
}

/** A property of a collection, as /api/collections tells it. */
export interface CollectionField {
  readonly name: string;
  readonly type: FieldType;
  readonly zh: string;
  readonly en: string;
  readonly unit: string;
  readonly filter: boolean;
}

export interface CollectionInfo {
  readonly id: string;
  readonly title: string;
  readonly title_en: string;
  readonly fields: readonly CollectionField[];
}

export type Properties = Readonly<Record<string, Value>>;
