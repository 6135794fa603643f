import { useSignal } from '@preact/signals';
import { Form, type Hint } from '../ui/form.tsx';
import { desk } from './deskwords.ts';
import type { ThresholdName, Thresholds } from './desktypes.ts';
import type { Values } from './formvalues.ts';
import { Failure } from './table.tsx';
import { useSetting } from './tagged.ts';
import type { InputField } from './types.ts';

// The defaults are those of the rules they come from; see DefaultThresholds in package geo.
const FIELDS: readonly { name: ThresholdName; type: 'integer' | 'number'; unit: string; usual: number }[] = [
  { name: 'problem_amber_days', type: 'integer', unit: 'days', usual: 7 },
  { name: 'behind_amber', type: 'number', unit: 'points', usual: 10 },
  { name: 'behind_red', type: 'number', unit: 'points', usual: 30 },
  { name: 'pipeline_amber', type: 'integer', unit: 'months', usual: 2 },
  { name: 'pipeline_red', type: 'integer', unit: 'months', usual: 3 },
  { name: 'pipeline_out', type: 'integer', unit: 'months', usual: 6 },
  { name: 'unvisited_days', type: 'integer', unit: 'days', usual: 7 },
];

/** The district's own numbers: what each does, and what it is unless it is set. */
export function ThresholdsForm() {
  const w = desk.value.thresholds;
  const { said, error, read, write } = useSetting<Thresholds>('/api/thresholds');
  const saved = useSignal(false);
  if (error.value) return <Failure error={error.value} retry={() => void read()} />;
  const now = said.value;
  if (!now) return <p role="status">{desk.value.table.loading}</p>;
  const save = async (values: Values) => {
    saved.value = false;
    await write(numbersOf(values));
    saved.value = true;
  };
  const units: Record<string, string> = w.units;
  const inputs: readonly InputField[] = FIELDS.map((f) => ({
    name: f.name,
    type: f.type,
    zh: w.names[f.name],
    en: w.names[f.name],
    unit: units[f.unit] ?? f.unit,
    value: String(now.body[f.name] ?? f.usual),
  }));
  return (
    <section class="box thresholds" aria-label={desk.value.admin.tabs.thresholds}>
      <p class="lead">{w.intro}</p>
      <Form inputs={inputs} label={w.save} submit={save} reload={read} hints={hints} />
      <p role="status" class="saved">
        {saved.value && w.saved}
      </p>
    </section>
  );
}

function hints(values: Values): Readonly<Record<string, Hint>> {
  const w = desk.value.thresholds;
  const units: Record<string, string> = w.units;
  return Object.fromEntries(
    FIELDS.map((f) => {
      const usual = `${f.usual} ${units[f.unit] ?? f.unit}`;
      const differs = (values[f.name] ?? '').trim() !== '' && Number(values[f.name]) !== f.usual;
      return [f.name, { text: `${w.does[f.name]} ${differs ? w.differs(usual) : w.usual(usual)}` }];
    }),
  );
}

/** Numbers as they are sent: what is empty is left out, and so has its default again. */
function numbersOf(values: Values): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([k, v]) => (v.trim() === '' ? [] : [[k, Number(v)] as const])),
  );
}
