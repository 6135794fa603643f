import { FIELDS, type CollectionName, type Field } from './catalogue.gen.ts';
import { nameOf, useOf } from './catalogue.ts';
import type { Format } from './format.ts';
import type { Words } from './i18n/zh.ts';
import { shownRate } from './rate.ts';
import type { Item, Value } from './types.ts';
import type { Lang, Selection } from './url.ts';

/** One line of the drawer: a label, a value as text, and where it leads. */
export interface Fact {
  readonly name: string;
  readonly label: string;
  readonly text: string;
  readonly link: Selection | null;
}

export interface Tongue {
  readonly lang: Lang;
  readonly words: Words;
  readonly fmt: Format;
  /** The name of a street, where the reader is told of it. */
  readonly street?: (code: string) => string;
}

// These stand in the drawer's head, or are a part of what stands there.
const IN_HEAD = ['code', 'name', 'status', 'sold_year', 'decided_year'];

/** The properties of a thing in the catalogue's order; what is not said is left out. */
export function factsOf(collection: CollectionName, item: Item, t: Tongue): readonly Fact[] {
  return FIELDS[collection].flatMap((field) => {
    const value = item.properties[field.name];
    if (IN_HEAD.includes(field.name) || value === undefined || value === null || value === '') return [];
    const text = factText(field, value, t);
    // An area goes by its name, where that is told: the code leads there, and need not be read.
    if (field.name === 'area' && item.properties.area_name) return [];
    const link = linkOf(field.name, field.name === 'area_name' ? (item.properties.area ?? '') : value);
    return [{ name: field.name, label: labelOf(field, t), text, link }];
  });
}

/** What a field is called. The public is told no names of streets, but their codes. */
export function labelOf(field: Field, t: Tongue): string {
  return field.name === 'street' && !t.street ? t.words.drawer.streetCode : nameOf(field, t.lang);
}

function linkOf(name: string, value: Value): Selection | null {
  if ((name === 'area' || name === 'area_name') && value !== '')
    return { collection: 'areas', code: String(value) };
  if (name === 'parcel') return { collection: 'parcels', code: String(value) };
  return null;
}

/** Writes one value as its field says. */
export function factText(field: Field, value: Value, t: Tongue): string {
  if (typeof value === 'boolean') return value ? t.words.values.yes : t.words.values.no;
  if (field.type === 'date') return t.fmt.date(String(value));
  if (typeof value === 'number') return numberText(field, value, t);
  if (field.name === 'use_class') {
    const use = useOf(String(value));
    return use ? nameOf(use, t.lang) : String(value);
  }
  if (field.name === 'street' && t.street) return t.street(String(value));
  const known = codedValues(t.words)[field.name];
  const text = known?.[String(value)] ?? String(value);
  return field.unit && text !== '' ? `${text} ${unitText(field.unit, t)}` : text;
}

function numberText(field: Field, n: number, t: Tongue): string {
  switch (field.unit) {
    case '万元':
      return t.fmt.money(n);
    case '万元/亩':
      return t.fmt.pricePerMu(n);
    case '%':
      // Rates as the board has them.
      return t.fmt.percent(field.name.endsWith('_rate') ? shownRate(n) : n);
    case 'mu':
      return `${t.fmt.mu(n)} ${t.words.units.mu}`;
    case '':
      return field.name === 'source_crs' ? `EPSG:${n}` : t.fmt.plain(n);
    default:
      return `${t.fmt.plain(n)} ${unitText(field.unit, t)}`;
  }
}

function unitText(unit: string, t: Tongue): string {
  const units: Record<string, string> = t.words.units;
  return units[unit] ?? unit;
}

function codedValues(words: Words): Record<string, Record<string, string>> {
  const { mode, mu_basis, legal, use, tenure, industry, batch } = words.values;
  return { mode, mu_basis, legal, use, tenure, industry, batch };
}
