import { nameOf } from '../catalogue.ts';
import { lang } from '../store/view.ts';
import { Form } from '../ui/form.tsx';
import { addDays, today } from './days.ts';
import { addRecord, done, editRecord, type OpenFile, reread } from './file.ts';
import { given, type Values } from './formvalues.ts';
import { zone } from './speech.ts';
import { staffWords } from './store.ts';
import { stateName } from './things.ts';
import type { FileRecord, InputField, RecordKind } from './types.ts';

// A name that no record's values have.
const WHY = 'record:reason';

interface RecordFormProps {
  f: OpenFile;
  kind: RecordKind;
  cancel: () => void;
  finished: () => void;
}

// A bulletin tells what was so at the end of its day, so the last one that it can be of is yesterday.
function dayOf(kind: string): string {
  const day = today(zone());
  return kind === 'bulletin' ? addDays(day, -1) : day;
}

/** Adds a record to the file. */
export function RecordForm({ f, kind, cancel, finished }: RecordFormProps) {
  const w = staffWords.value.records;
  const inputs = kind.inputs.map((i) => (i.name === 'on' ? { ...i, value: dayOf(kind.code) } : i));
  // Giving more time is a decision, which needs its reason.
  const decides = kind.code === 'extension' || kind.code === 'escalation';
  const name = nameOf(kind, lang.value);
  return (
    <Form
      inputs={decides ? [...inputs, reasonInput()] : inputs}
      label={w.add(name)}
      cancel={cancel}
      stateName={(code) => stateName(f.thing, code, lang.value)}
      submit={async (values: Values, key: string) => {
        const { [WHY]: reason, ...rest } = given(values);
        await addRecord(f, { kind: kind.code, values: rest, ...(reason ? { reason } : {}) }, { key });
        await reread();
        done.value = w.added(name);
        finished();
      }}
    />
  );
}

/** Corrects a record, with a reason. */
export function RecordEditForm({
  f,
  kind,
  record,
  cancel,
  finished,
}: RecordFormProps & { record: FileRecord }) {
  const w = staffWords.value;
  const inputs = kind.inputs.map((i) => ({ ...i, value: recordValue(record, i.name) }));
  return (
    <Form
      inputs={[...inputs, reasonInput()]}
      label={w.records.save}
      version={record.version}
      reload={reread}
      cancel={cancel}
      submit={async (values, key, only) => {
        const { [WHY]: _, ...rest } = only;
        if (Object.keys(rest).length > 0) {
          const body = { values: rest, reason: values[WHY] ?? '' };
          await editRecord(f, record, body, { key, version: record.version });
          await reread();
        }
        done.value = Object.keys(rest).length > 0 ? w.records.edited : w.file.unchanged;
        finished();
      }}
    />
  );
}

/** Strikes a record out, with a reason. */
export function StrikeForm({
  strike,
  cancel,
}: {
  strike: (reason: string, key: string) => Promise<void>;
  cancel: () => void;
}) {
  const w = staffWords.value.records;
  return (
    <Form
      inputs={[reasonInput()]}
      label={w.strike}
      grave
      cancel={cancel}
      submit={(values, key) => strike(values[WHY] ?? '', key)}
    >
      <p class="hint">{w.strikeIntro}</p>
    </Form>
  );
}

function reasonInput(): InputField {
  const text = staffWords.value.file.reason;
  return { name: WHY, type: 'string', zh: text, en: text, long: true, required: true };
}

/** A value of a record by the name of its input, its columns among them; "" = none. */
export function recordValue(r: FileRecord, name: string): string {
  switch (name) {
    case 'on':
      return r.on ?? '';
    case 'due':
      return r.due ?? '';
    case 'done_on':
      return r.done_on ?? '';
    case 'person':
      return r.person ?? '';
    case 'organisation':
      return r.organisation ?? '';
  }
  return r.values?.[name] ?? '';
}
