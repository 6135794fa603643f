import { MachineBadge } from '../ui/swatch.tsx';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { nameOf } from '../catalogue.ts';
import { fileHref } from '../store/route.ts';
import { api, asProblem, fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import type { Item } from '../types.ts';
import { FormProblem } from '../ui/form.tsx';
import { FormInput } from '../ui/forminput.tsx';
import { BatchRows } from './batchrows.tsx';
import { type Batch, batchBody, batchValues, perRow, refusalsOf } from './batch.ts';
import { desk } from './deskwords.ts';
import type { BatchRefusal } from './desktypes.ts';
import { Frame } from './frame.tsx';
import { newKey } from './key.ts';
import { text } from './listpage.tsx';
import { staffWords } from './store.ts';
import { Failure } from './table.tsx';
import type { FileEvent, InputField, Move, Moves } from './types.ts';

interface Made {
  readonly to: string;
  readonly rows: readonly { readonly code: string; readonly event: FileEvent }[];
}

/** One move of many households: all of it is done, or nothing of it. */
export function BatchPage(p: {
  items: readonly Item[];
  /** Why the households of the batch are not there. */
  missing: { readonly error: Problem; again(): void } | null;
  keep(codes: ReadonlySet<string>): void;
  back(): void;
  done(): void;
}) {
  const w = desk.value.batch;
  const made = useSignal<Made | null>(null);
  const n = p.items.length;
  const title = made.value ? w.madeTitle : n > 0 ? w.title(fmt.value.int(n)) : w.reading;
  const states = [...new Set(p.items.map((i) => text(i, 'status')))];
  return (
    <Frame title={title}>
      <div class="desk">
        <header class="desk-head">
          <button type="button" class="second" onClick={p.back}>
            ← {w.back}
          </button>
          <h1>{title}</h1>
        </header>
        {made.value ? (
          <Result made={made.value} />
        ) : p.missing ? (
          <Failure error={p.missing.error} retry={p.missing.again} />
        ) : states.length > 1 ? (
          <OneState items={p.items} states={states} keep={p.keep} />
        ) : (
          <Moving
            items={p.items}
            keep={p.keep}
            made={(m) => {
              made.value = m;
              p.done();
            }}
          />
        )}
      </div>
    </Frame>
  );
}

// A move starts in one state: the others are left out first.
function OneState(p: {
  items: readonly Item[];
  states: readonly string[];
  keep(codes: ReadonlySet<string>): void;
}) {
  const w = desk.value.batch;
  return (
    <section class="box" aria-label={w.mixed}>
      <p role="alert">{w.mixed}</p>
      <ul class="state-picks">
        {p.states.map((s) => {
          const own = p.items.filter((i) => text(i, 'status') === s);
          return (
            <li key={s}>
              <button type="button" class="second" onClick={() => p.keep(new Set(own.map((i) => i.id)))}>
                <MachineBadge machine="household" code={s} /> {w.only(fmt.value.int(own.length))}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Moving(p: { items: readonly Item[]; keep(codes: ReadonlySet<string>): void; made(m: Made): void }) {
  const w = desk.value.batch;
  const moves = useSignal<Moves | null>(null);
  const error = useSignal<Problem | null>(null);
  const to = useSignal('');
  const first = p.items[0];
  const read = async () => {
    if (!first) return;
    error.value = null;
    try {
      moves.value = await api.read<Moves>(`/api/households/${encodeURIComponent(first.id)}/moves`);
      to.value = usualMove(moves.value.moves ?? []);
    } catch (err) {
      error.value = asProblem(err);
    }
  };
  useEffect(() => void read(), [first?.id]);
  if (error.value) return <Failure error={error.value} retry={() => void read()} />;
  if (!first || !moves.value) return <p role="status">{desk.value.table.loading}</p>;
  const list = moves.value.moves ?? [];
  const move = list.find((m) => m.to === to.value);
  return (
    <>
      <section class="box batch-target" aria-labelledby="batch-to">
        <h2 id="batch-to">{w.to}</h2>
        <p class="batch-from">
          <MachineBadge machine="household" code={text(first, 'status')} /> →
        </p>
        {list.length === 0 && <p>{w.noMoves}</p>}
        <fieldset class="chips">
          <legend class="unseen">{w.to}</legend>
          {list.map((m) => (
            <button
              key={m.to}
              type="button"
              class="chip"
              aria-pressed={m.to === to.value}
              onClick={() => {
                to.value = m.to;
              }}
            >
              {nameOf(m, lang.value)}
              {m.back && <small>{w.backward}</small>}
            </button>
          ))}
        </fieldset>
      </section>
      {move && <MoveForm key={move.to} move={move} {...p} />}
    </>
  );
}

// The way by agreement, before the one by decision and court.
const USUAL = ['surveyed', 'valued', 'negotiating', 'signed', 'paid', 'vacated', 'closed'];

function usualMove(moves: readonly Move[]): string {
  const forward = moves.filter((m) => !m.back);
  return (forward.find((m) => USUAL.includes(m.to)) ?? forward[0])?.to ?? '';
}

function MoveForm(p: {
  move: Move;
  items: readonly Item[];
  keep(codes: ReadonlySet<string>): void;
  made(m: Made): void;
}) {
  const w = desk.value.batch;
  const inputs = (p.move.inputs ?? []).map((i) => ({ ...i, value: '' }));
  const rowwise = useSignal<ReadonlySet<string>>(new Set(inputs.filter(perRow).map((i) => i.name)));
  const common = useSignal<Readonly<Record<string, string>>>({});
  const own = useSignal<Readonly<Record<string, Readonly<Record<string, string>>>>>({});
  const refused = useSignal<ReadonlyMap<string, BatchRefusal>>(new Map());
  const problem = useSignal<Problem | null>(null);
  const busy = useSignal(false);
  const sent = useRef({ body: '', key: '' });
  const bad = useRef<HTMLDivElement>(null);
  const send = async () => {
    const batch: Batch = {
      to: p.move.to,
      on: common.value[ON] ?? '',
      reason: common.value[REASON] ?? '',
      common: batchValues(common.value, inputs, rowwise.value, false),
      rows: p.items.map((i) => ({
        code: i.id,
        version: i.version ?? 0,
        own: batchValues(own.value[i.id] ?? {}, inputs, rowwise.value, true),
      })),
    };
    const body = batchBody(batch);
    const said = JSON.stringify(body);
    if (sent.current.body !== said) sent.current = { body: said, key: newKey() };
    busy.value = true;
    problem.value = null;
    try {
      const answer = await api.write<{ rows: Made['rows'] }>(
        'POST',
        '/api/households/transitions',
        body,
        sent.current,
      );
      p.made({ to: p.move.to, rows: answer.rows });
    } catch (err) {
      const found = asProblem(err);
      problem.value = found;
      refused.value = refusalsOf(found.body);
      requestAnimationFrame(() => bad.current?.focus());
    } finally {
      busy.value = false;
    }
  };
  const left = p.items.filter((i) => !refused.value.has(i.id));
  return (
    <form
      class="batch-form"
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (!busy.value) void send();
      }}
    >
      {problem.value && (
        <div ref={bad} class="batch-verdict" role="alert" tabIndex={-1}>
          {refused.value.size > 0 ? (
            <>
              <p>
                <strong>{w.refused(fmt.value.int(refused.value.size))}</strong>
              </p>
              {left.length > 0 && (
                <button
                  type="button"
                  class="second"
                  onClick={() => {
                    refused.value = new Map();
                    problem.value = null;
                    p.keep(new Set(left.map((i) => i.id)));
                  }}
                >
                  {w.dropRefused(fmt.value.int(refused.value.size))}
                </button>
              )}
            </>
          ) : (
            <FormProblem problem={problem.value} inputs={inputs} />
          )}
        </div>
      )}
      <section class="box" aria-labelledby="batch-common">
        <h2 id="batch-common">{w.common}</h2>
        <div class="form-grid">
          {commonInputs(p.move, inputs, rowwise.value).map((input) => (
            <FormInput
              key={input.name}
              id={`batch-${input.name}`}
              input={input}
              value={common.value[input.name] ?? ''}
              fault=""
              set={(v) => {
                common.value = { ...common.value, [input.name]: v };
              }}
            />
          ))}
        </div>
        {inputs.length > 0 && (
          <RowwisePicker
            inputs={inputs}
            rowwise={rowwise.value}
            set={(next) => {
              rowwise.value = next;
            }}
          />
        )}
      </section>
      <BatchRows
        items={p.items}
        inputs={inputs.filter((i) => rowwise.value.has(i.name))}
        own={own.value}
        refused={refused.value}
        set={(code, name, value) => {
          own.value = { ...own.value, [code]: { ...own.value[code], [name]: value } };
        }}
        drop={(code) => p.keep(new Set(p.items.map((i) => i.id).filter((c) => c !== code)))}
      />
      <div class="form-foot batch-foot">
        <button type="submit" class={p.move.back ? 'primary grave' : 'primary'} aria-disabled={busy.value}>
          {busy.value
            ? staffWords.value.form.sending
            : w.send(fmt.value.int(p.items.length), nameOf(p.move, lang.value))}
        </button>
        <span class="hint">{w.allOrNone}</span>
      </div>
    </form>
  );
}

const ON = '_on';
const REASON = '_reason';

function commonInputs(move: Move, inputs: readonly InputField[], rowwise: ReadonlySet<string>): InputField[] {
  const w = desk.value.batch;
  return [
    { name: ON, type: 'date', zh: w.on, en: w.on },
    ...inputs.filter((i) => !rowwise.has(i.name)),
    { name: REASON, type: 'string', zh: w.reason, en: w.reason, required: move.back },
  ];
}

function RowwisePicker(p: {
  inputs: readonly InputField[];
  rowwise: ReadonlySet<string>;
  set(next: ReadonlySet<string>): void;
}) {
  return (
    <fieldset class="rowwise">
      <legend>{desk.value.batch.rowwise}</legend>
      {p.inputs.map((i) => (
        <label key={i.name} class="row-tick">
          <input
            type="checkbox"
            checked={p.rowwise.has(i.name)}
            onChange={(e) => {
              const next = new Set(p.rowwise);
              if (e.currentTarget.checked) next.add(i.name);
              else next.delete(i.name);
              p.set(next);
            }}
          />
          <span>{nameOf(i, lang.value)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Result({ made }: { made: Made }) {
  const w = desk.value.batch;
  const head = useRef<HTMLParagraphElement>(null);
  useEffect(() => head.current?.focus(), []);
  return (
    <section class="box" aria-label={w.madeTitle}>
      <p ref={head} class="verdict" role="status" tabIndex={-1}>
        {w.made(fmt.value.int(made.rows.length))} <MachineBadge machine="household" code={made.to} />
      </p>
      <ul class="made-rows">
        {made.rows.map((r) => (
          <li key={r.code}>
            <a href={fileHref('households', r.code)}>{r.code}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
