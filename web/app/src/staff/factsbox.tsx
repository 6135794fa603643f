import { useSignal } from '@preact/signals';
import { nameOf } from '../catalogue.ts';
import { lang } from '../store/view.ts';
import type { Value } from '../types.ts';
import { Form } from '../ui/form.tsx';
import { actionText } from './actiontext.ts';
import { correct, done, type OpenFile, reread } from './file.ts';
import { FileLink } from './filelink.tsx';
import { streetText } from './names.ts';
import { refName } from './refnames.ts';
import { correctable } from './rights.ts';
import { speechOf } from './speech.ts';
import { forms, staffWords } from './store.ts';
import type { ThingName } from './things.ts';
import { valueText } from './timeline.ts';
import type { InputField } from './types.ts';

const WHY = 'edit:reason';
const FIRST = 12;

// What the head and the boxes of their own say already.
const SAID: Readonly<Record<ThingName, readonly string[]>> = {
  areas: [
    'deadline',
    'late_days',
    'households',
    'signed',
    'vacated',
    'demolished',
    'signed_rate',
    'vacated_rate',
    'demolished_rate',
    'bulletin_on',
    'bulletin_surveyed',
    'bulletin_signed',
    'bulletin_vacated',
    'bulletin_few',
    'problems_open',
    'problems_overdue',
  ],
  buildings: ['area'],
  households: ['area', 'building', 'visits', 'visited_on', 'next_visit'],
  parcels: ['area', 'area_name', 'clean_complete'],
  problems: ['title', 'due', 'late_days', 'light', 'area', 'area_name', 'extensions', 'escalations'],
  projects: ['area', 'parcel'],
};
const ALWAYS: readonly string[] = ['code', 'name', 'status', 'fid', 'version', 'area_name'];

/** What is on file of the thing itself, and the way to correct it. */
export function FactsBox({ f }: { f: OpenFile }) {
  const w = staffWords.value.file;
  const editing = useSignal(false);
  const all = useSignal(false);
  const edit = correctable(f, forms.value?.collections.find((c) => c.id === f.thing)?.edit ?? []);
  const facts = factRows(f);
  const shown = all.value ? facts : facts.slice(0, FIRST);
  return (
    <section class="box" aria-labelledby="facts-title">
      <div class="box-head">
        <h2 id="facts-title">{w.facts}</h2>
        <span class="spring" />
        {edit.length > 0 && !editing.value && (
          <button
            type="button"
            class="second"
            onClick={() => {
              editing.value = true;
            }}
          >
            {w.correct}
          </button>
        )}
      </div>
      {editing.value && (
        <EditForm
          f={f}
          edit={edit}
          close={() => {
            editing.value = false;
          }}
        />
      )}
      {facts.length === 0 && <p class="empty">{w.noFacts}</p>}
      <dl class="fact-grid">
        {shown.map(({ name, label, text, link }) => (
          <div key={name} data-fact={name}>
            <dt>{label}</dt>
            <dd>{link ? <FileLink thing={link} code={text} /> : text}</dd>
          </div>
        ))}
      </dl>
      {facts.length > FIRST && (
        <button
          type="button"
          class="plain"
          aria-expanded={all.value}
          onClick={() => {
            all.value = !all.value;
          }}
        >
          {all.value ? w.less : w.more}
        </button>
      )}
    </section>
  );
}

const LINKS: Readonly<Record<string, ThingName>> = {
  area: 'areas',
  building: 'buildings',
  parcel: 'parcels',
};
const NAMED: Readonly<Record<string, string>> = { board: 'boards', leader: 'persons' };

interface FactRow {
  readonly name: string;
  readonly label: string;
  readonly text: string;
  readonly link: ThingName | null;
}

function factRows(f: OpenFile): readonly FactRow[] {
  const s = speechOf(f.thing);
  return s.fields.flatMap((field) => {
    const value = f.item.properties[field.name];
    if (ALWAYS.includes(field.name) || SAID[f.thing].includes(field.name)) return [];
    if (value === undefined || value === null || value === '') return [];
    const register = NAMED[field.name];
    const known = register ? refName(register, String(value)) : '';
    const said = field.name === 'action' ? actionText(String(value)) : '';
    const street = field.name === 'street' ? streetText(String(value)) : '';
    const text = known || said || street || valueText(field.name, value, { ...s, kinds: [] });
    return [{ name: field.name, label: nameOf(field, s.t.lang), text, link: LINKS[field.name] ?? null }];
  });
}

function EditForm({ f, edit, close }: { f: OpenFile; edit: readonly InputField[]; close: () => void }) {
  const w = staffWords.value.file;
  const inputs = edit.map((i) => ({ ...i, value: asText(f.item.properties[i.name] ?? null) }));
  const why: InputField = {
    name: WHY,
    type: 'string',
    zh: w.reason,
    en: w.reason,
    long: true,
    required: true,
  };
  return (
    <div class="edit-box" lang={lang.value}>
      <h3>{w.correctTitle}</h3>
      <Form
        inputs={[...inputs, why]}
        label={w.correct}
        version={f.version}
        reload={reread}
        cancel={close}
        submit={async (values, key, only) => {
          const { [WHY]: _, ...rest } = only;
          const any = Object.keys(rest).length > 0;
          if (any) {
            await correct(f, { values: rest, reason: values[WHY] ?? '' }, { key, version: f.version });
            await reread();
          }
          done.value = any ? w.corrected : w.unchanged;
          close();
        }}
      >
        <p class="hint">{w.correctNote}</p>
      </Form>
    </div>
  );
}

function asText(value: Value): string {
  return value === null ? '' : String(value);
}
