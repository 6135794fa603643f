import type { TargetedEvent } from 'preact';
import { nameOf } from '../catalogue.ts';
import { fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import type { Item } from '../types.ts';
import { ReasonList } from '../ui/form.tsx';
import { unitName } from '../ui/forminput.tsx';
import { desk } from './deskwords.ts';
import type { BatchRefusal } from './desktypes.ts';
import { number, text } from './listpage.tsx';
import { staffWords } from './store.ts';
import type { InputField } from './types.ts';

/** The rows of a list of moves with what is filled in for each, and why it was refused. */
export function BatchRows(p: {
  items: readonly Item[];
  inputs: readonly InputField[];
  own: Readonly<Record<string, Readonly<Record<string, string>>>>;
  refused: ReadonlyMap<string, BatchRefusal>;
  set(code: string, name: string, value: string): void;
  drop(code: string): void;
}) {
  const w = desk.value.batch;
  return (
    <section class="list-scroll batch-rows" aria-label={w.rows}>
      <table class="list-table">
        <thead>
          <tr>
            <th scope="col">{desk.value.batch.household}</th>
            <th scope="col">{desk.value.households.area}</th>
            <th scope="col" class="num">
              {desk.value.households.persons}
            </th>
            {p.inputs.map((i) => (
              <th key={i.name} scope="col">
                {nameOf(i, lang.value)}
                {i.unit && <small> {unitName(i.unit)}</small>}
              </th>
            ))}
            <th scope="col">
              <span class="unseen">{w.drop}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {p.items.map((item) => (
            <BatchRow key={item.id} item={item} refusal={p.refused.get(item.id)} {...p} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function BatchRow(p: {
  item: Item;
  inputs: readonly InputField[];
  own: Readonly<Record<string, Readonly<Record<string, string>>>>;
  refusal: BatchRefusal | undefined;
  set(code: string, name: string, value: string): void;
  drop(code: string): void;
}) {
  const { item, refusal } = p;
  const w = desk.value.batch;
  const why = `why-${item.id}`;
  return (
    <>
      <tr class={refusal ? 'refused-row' : undefined} data-code={item.id}>
        <th scope="row">{item.id}</th>
        <td data-label={desk.value.households.area}>{text(item, 'area_name')}</td>
        <td class="num" data-label={desk.value.households.persons}>
          {fmt.value.int(number(item, 'persons') ?? 0)}
        </td>
        {p.inputs.map((i) => (
          <td key={i.name} data-label={nameOf(i, lang.value)}>
            <Cell
              input={i}
              code={item.id}
              value={p.own[item.id]?.[i.name] ?? ''}
              why={refusal ? why : ''}
              set={(v) => p.set(item.id, i.name, v)}
            />
          </td>
        ))}
        <td class="row-end">
          <button type="button" class="plain" onClick={() => p.drop(item.id)}>
            {w.drop}
            <span class="unseen"> {item.id}</span>
          </button>
        </td>
      </tr>
      {refusal && (
        <tr class="refused-why">
          <td id={why} colSpan={p.inputs.length + 4}>
            {refusal.reasons.length > 0 ? <ReasonList reasons={refusal.reasons} /> : refusal.detail}
            {refusal.faults.length > 0 && (
              <ul class="reasons">
                {refusal.faults.map((f) => (
                  <li key={f.field}>
                    {fieldName(f.field, p.inputs)}：{nameOf(f, lang.value)}
                  </li>
                ))}
              </ul>
            )}
          </td>
        </tr>
      )}
    </>
  );
}

function fieldName(field: string, inputs: readonly InputField[]): string {
  const name = field.replace(/^.*\./, '');
  const input = inputs.find((i) => i.name === name);
  return input ? nameOf(input, lang.value) : name;
}

function Cell(p: { input: InputField; code: string; value: string; why: string; set(v: string): void }) {
  const { input } = p;
  const shared = {
    'aria-label': `${p.code} ${nameOf(input, lang.value)}`,
    name: `${p.code}.${input.name}`,
    ...(p.why === '' ? {} : { 'aria-describedby': p.why }),
  };
  if (input.type === 'boolean') {
    return (
      <input
        {...shared}
        type="checkbox"
        checked={p.value === 'true'}
        onChange={(e) => p.set(e.currentTarget.checked ? 'true' : '')}
      />
    );
  }
  if (input.options && input.options.length > 0) {
    return (
      <select {...shared} value={p.value} onChange={(e) => p.set(e.currentTarget.value)}>
        <option value="">{staffWords.value.form.choose}</option>
        {input.options.map((o) => (
          <option key={o.code} value={o.code}>
            {nameOf(o, lang.value)}
          </option>
        ))}
      </select>
    );
  }
  const set = (e: TargetedEvent<HTMLInputElement>) => p.set(e.currentTarget.value);
  if (input.type === 'date') return <input {...shared} type="date" value={p.value} onInput={set} />;
  const numeric = input.type === 'number' || input.type === 'integer';
  return (
    <input
      {...shared}
      type="text"
      autocomplete="off"
      maxLength={500}
      value={p.value}
      {...(numeric ? { inputMode: 'decimal', class: 'num' } : {})}
      onInput={set}
    />
  );
}
