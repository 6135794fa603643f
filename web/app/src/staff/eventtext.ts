import { fmt } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import { today } from './days.ts';
import { desk } from './deskwords.ts';
import type { LogEvent } from './desktypes.ts';
import { settingLines } from './settingtext.ts';
import { refName } from './refnames.ts';
import { zone } from './speech.ts';
import { collectionOf, isThing, stateName } from './things.ts';
import { fieldsOf, forms, staffWords } from './store.ts';
import { type Line, linesOf, type Speech, titleOf } from './timeline.ts';
import type { CollectionField, Option } from './types.ts';

/** What an entry of the log says: what was done in a sentence, and the values that it gave or changed. */
export function eventText(e: LogEvent): { title: string; rows: readonly Line[] } {
  const verbs: Record<string, string> = desk.value.verbs;
  if (e.entity === 'district') {
    return { title: verbs[e.verb] ?? e.verb, rows: settingLines(e.data ?? {}, desk.value, fmt.value.date) };
  }
  if (e.entity === 'account') return accountText(e);
  const speech = speechOfEntity(e.entity);
  return { title: titleOf(e, speech), rows: linesOf(e, speech) };
}

// What belongs to an account is told as itself: a token, or an identity elsewhere.
function accountText(e: LogEvent): { title: string; rows: readonly Line[] } {
  const w = desk.value.accounts;
  const data = e.data ?? {};
  const about: Readonly<Record<string, Readonly<Record<string, string>>>> = w.events;
  const title = about[String(data.kind)]?.[e.verb];
  const speech = speechOfEntity(e.entity);
  if (title === undefined) return { title: titleOf(e, speech), rows: linesOf(e, speech) };
  const { no, expires, ...rest } = data;
  const told = typeof expires === 'string' ? { expires: today(zone(), new Date(expires)) } : {};
  const number = no === undefined ? [] : [{ label: w.tokenNo, text: String(no) }];
  return { title, rows: [...number, ...linesOf({ ...e, data: { ...rest, ...told } }, speech)] };
}

// The log has things that no machine moves as well: bodies, people, accounts.
function speechOfEntity(entity: string): Speech {
  const collection = collectionOf(entity);
  return {
    t: { lang: lang.value, words: words.value, fmt: fmt.value },
    w: staffWords.value,
    fields: entity === 'account' ? accountFields() : fieldsWithOptions(collection),
    kinds: forms.value?.records.filter((k) => k.of === entity) ?? [],
    options: () => undefined,
    ref: refName,
    fileKinds: forms.value?.file_kinds ?? [],
    state: (code) => (isThing(collection) ? stateName(collection, code, lang.value) : code),
    dayOf: (iso) => today(zone(), new Date(iso)),
  };
}

type NamedField = CollectionField & { readonly options?: readonly Option[] | null };

// The form knows the names of coded values, the collection does not.
function fieldsWithOptions(collection: string): readonly NamedField[] {
  const inputs = forms.value?.collections.find((c) => c.id === collection)?.edit ?? [];
  return fieldsOf(collection).map((f) => ({
    ...f,
    options: inputs.find((i) => i.name === f.name)?.options ?? null,
  }));
}

function accountFields(): readonly NamedField[] {
  const w = desk.value.accounts;
  const roles: Record<string, string> = words.value.roles;
  const field = (
    name: string,
    label: string,
    type: CollectionField['type'],
    options?: Option[],
  ): NamedField => ({
    name,
    type,
    zh: label,
    en: label,
    unit: '',
    filter: false,
    ...(options ? { options } : {}),
  });
  return [
    field('name', w.name, 'string'),
    field(
      'role',
      w.role,
      'string',
      Object.entries(roles).map(([code, name]) => ({ code, zh: name, en: name })),
    ),
    field('disabled', w.disabled, 'boolean'),
    field('second_factor', w.secondFactor, 'boolean'),
    field('recovery_codes', w.recovery, 'integer'),
    field('password', w.password, 'string'),
    field('tokens', w.tokens, 'integer'),
    field(
      'scope',
      w.scope,
      'string',
      Object.entries(w.scopes).map(([code, name]) => ({ code, zh: name, en: name })),
    ),
    field('expires', w.expires, 'date'),
    field('issuer', w.issuer, 'string'),
    field('subject', w.subject, 'string'),
  ];
}
