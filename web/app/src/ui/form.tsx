import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { nameOf } from '../catalogue.ts';
import { asProblem, fmt, problemText } from '../store/server.ts';
import { lang } from '../store/view.ts';
import {
  changed,
  checkValue,
  faultsOf,
  movedUnder,
  rebase,
  refusalOf,
  startValues,
  tidy,
  type Values,
} from '../staff/formvalues.ts';
import { staffWords } from '../staff/store.ts';
import type { InputField, Reason } from '../staff/types.ts';
import { FormInput } from './forminput.tsx';
import { newKey } from '../staff/key.ts';

/** A sentence beside an input while one types; warn = a rule that the value would break. */
export interface Hint {
  readonly text: string;
  readonly warn?: boolean;
}

export interface FormProps {
  /** What is asked for, with what is known of it already. */
  inputs: readonly InputField[];
  /** What the button says. */
  label: string;
  /**
   * Sends what was filled in; only is what differs from what the form showed at first. key names the
   * request: sent again with the same values, it is the same. A Problem that is thrown is shown.
   */
  submit: (values: Values, key: string, only: Values) => Promise<void>;
  /** The state of the thing that the inputs show; when it changes, what was typed stays. */
  version?: number | undefined;
  /** Reads the thing again after a conflict, so that inputs and version become the present ones. */
  reload?: (() => Promise<void>) | undefined;
  cancel?: (() => void) | undefined;
  /** Live hints by input. */
  hints?: ((values: Values) => Readonly<Record<string, Hint>>) | undefined;
  /** Names a state of the thing's machine, for the moves that a refusal allows. */
  stateName?: ((code: string) => string) | undefined;
  /** The state that the form asks for: a refusal does not offer it as what can be done instead. */
  asked?: string | undefined;
  /** Stands above the inputs. */
  children?: ComponentChildren;
  /** The button undoes or ends something. */
  grave?: boolean;
}

interface Stale {
  readonly rows: readonly { readonly input: InputField; readonly was: string; readonly now: string }[];
}

/** A form of inputs that the server described: prefilled, checked, and sent with its faults shown where they are. */
export function Form(props: FormProps) {
  const { inputs, version } = props;
  const w = staffWords.value.form;
  const id = useId();
  const box = useRef<HTMLFormElement>(null);
  const seen = useRef(startValues(inputs));
  const values = useSignal<Values>(seen.current);
  const faults = useSignal<Readonly<Record<string, string>>>({});
  const problem = useSignal<Problem | null>(null);
  const stale = useSignal<Stale | null>(null);
  const busy = useSignal(false);
  const sent = useRef({ body: '', key: '' });
  // What the form itself sent last; null = a change that is seen now is somebody else's.
  const own = useRef<Values | null>(null);
  const saves = useSignal(0);
  const hints = useComputed(() => props.hints?.(values.value) ?? {});

  // Values as the form was drawn with; another version, or other inputs, are a new state of the thing.
  const shape = `${version ?? ''}/${inputs.map((i) => `${i.name}=${i.value ?? ''}`).join('&')}`;
  const known = useRef(shape);
  useEffect(() => {
    if (known.current === shape) return;
    known.current = shape;
    const now = startValues(inputs);
    if (own.current) {
      values.value = rebase(values.value, own.current, now);
      seen.current = now;
      stale.value = null;
      return;
    }
    const rows = movedUnder(inputs, seen.current, now).map((input) => ({
      input,
      was: seen.current[input.name] ?? '',
      now: now[input.name] ?? '',
    }));
    values.value = rebase(values.value, seen.current, now);
    seen.current = now;
    if (stale.value || rows.length > 0) stale.value = { rows };
  }, [shape]);
  // Stands after the effect above: what a save brought back is taken in first.
  useEffect(() => {
    own.current = null;
  }, [saves.value]);

  const complain = (found: Readonly<Record<string, string>>) => {
    faults.value = found;
    requestAnimationFrame(() => {
      const at =
        box.current?.querySelector<HTMLElement>('[aria-invalid=true]') ??
        box.current?.querySelector<HTMLElement>('.form-problem');
      at?.focus({ preventScroll: true });
      at?.scrollIntoView({ block: 'center' });
    });
  };

  const submit = async (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    if (busy.value) return;
    const clean = tidy(inputs, values.value);
    const found = ownFaults(inputs, clean, w.faults);
    problem.value = null;
    if (Object.keys(found).length > 0) return complain(found);
    faults.value = {};
    busy.value = true;
    const body = JSON.stringify([version, clean]);
    if (sent.current.body !== body) sent.current = { body, key: newKey() };
    own.current = values.value;
    try {
      await props.submit(clean, sent.current.key, changed(seen.current, clean));
      saves.value += 1;
    } catch (err) {
      own.current = null;
      const p = asProblem(err);
      if (p.status === 412 && props.reload) {
        stale.value = { rows: [] };
        await props.reload();
        requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('.form-problem')?.focus());
      } else {
        stale.value = null;
        problem.value = p;
        complain(faultsOf(p.body, inputs, lang.value).fields);
      }
    } finally {
      busy.value = false;
    }
  };

  return (
    <form ref={box} class="form" noValidate onSubmit={submit} onKeyDown={(e) => escapes(e, props.cancel)}>
      {/* A refusal tells anew what the form's own notes told before it was filled in. */}
      {!(problem.value && refusalOf(problem.value.body)) && props.children}
      {stale.value && <StaleNotice stale={stale.value} />}
      {problem.value && (
        <FormProblem
          problem={problem.value}
          inputs={inputs}
          stateName={props.stateName}
          asked={props.asked}
          faults={Object.keys(faults.value).length}
        />
      )}
      {inputs.length > 0 && (
        <div class="form-grid">
          {groups(inputs).map((g) => (
            <Group key={g.inputs[0]?.name} ticks={g.ticks}>
              {g.inputs.map((input) => (
                <FormInput
                  key={input.name}
                  id={`${id}-${input.name}`}
                  input={input}
                  value={values.value[input.name] ?? ''}
                  fault={faults.value[input.name] ?? ''}
                  hint={hints.value[input.name]}
                  set={(v) => {
                    values.value = { ...values.value, [input.name]: v };
                    if (faults.value[input.name]) faults.value = { ...faults.value, [input.name]: '' };
                  }}
                />
              ))}
            </Group>
          ))}
        </div>
      )}
      <div class="form-foot">
        <button type="submit" class={props.grave ? 'primary grave' : 'primary'} aria-disabled={busy.value}>
          {busy.value ? w.sending : props.label}
        </button>
        {props.cancel && (
          <button type="button" class="quiet" onClick={props.cancel}>
            {w.cancel}
          </button>
        )}
      </div>
    </form>
  );
}

function escapes(e: KeyboardEvent, cancel: (() => void) | undefined): void {
  if (e.key !== 'Escape' || !cancel || e.defaultPrevented) return;
  e.preventDefault();
  cancel();
}

function ownFaults(
  inputs: readonly InputField[],
  values: Values,
  words: Readonly<Record<'required' | 'number' | 'integer' | 'date', string>>,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const input of inputs) {
    const wrong = checkValue(input, values[input.name] ?? '');
    if (wrong !== '') found[input.name] = words[wrong];
  }
  return found;
}

interface InputGroup {
  readonly ticks: string;
  readonly inputs: InputField[];
}

// The conditions of clean land are one list to be ticked off.
function groups(inputs: readonly InputField[]): InputGroup[] {
  const out: InputGroup[] = [];
  for (const input of inputs) {
    const ticks = input.type === 'boolean' && input.name.startsWith('clean_') ? 'clean' : '';
    const last = out.at(-1);
    if (last && last.ticks === ticks) last.inputs.push(input);
    else out.push({ ticks, inputs: [input] });
  }
  return out;
}

function Group({ ticks, children }: { ticks: string; children: ComponentChildren }) {
  if (ticks === '') return <>{children}</>;
  return (
    <fieldset class="form-ticks">
      <legend>{staffWords.value.form.checklist}</legend>
      {children}
    </fieldset>
  );
}

/** What stopped a form: guard by guard where a rule refused, with the moves that there are instead. */
export function FormProblem({
  problem,
  inputs = [],
  stateName,
  asked,
  faults = 0,
}: {
  problem: Problem;
  inputs?: readonly InputField[];
  stateName?: ((code: string) => string) | undefined;
  asked?: string | undefined;
  faults?: number;
}) {
  const w = staffWords.value.form;
  const refused = refusalOf(problem.body);
  const { others } = faultsOf(problem.body, inputs, lang.value);
  if (refused) {
    return (
      <div class="form-problem" role="alert" tabIndex={-1}>
        <p>{w.refused}</p>
        <ReasonList reasons={refused.reasons} />
        <p class="form-allowed">{insteadText(refused.allowed, asked, stateName)}</p>
      </div>
    );
  }
  return (
    <div class="form-problem" role="alert" tabIndex={-1}>
      <p>{problemText(problem)}</p>
      {faults > 0 && <p>{w.check(faults)}</p>}
      {others.length > 0 && (
        <ul>
          {others.map((t) => (
            <li key={t}>{t}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

// Days in a reason are written as on the rest of the page, which also keeps each on one line.
const DAY = /\b\d{4}-\d{2}-\d{2}\b/g;

// What can be done instead; what was asked for itself can be, once nothing stands against it.
function insteadText(
  allowed: readonly string[],
  asked: string | undefined,
  stateName: ((code: string) => string) | undefined,
): string {
  const w = staffWords.value.form;
  const again = asked !== undefined && allowed.includes(asked) ? w.again : '';
  const others = allowed.filter((s) => s !== asked).map((s) => stateName?.(s) ?? s);
  if (others.length === 0) return again || w.allowedNone;
  return `${again}${w.allowed}${others.join(lang.value === 'en' ? ', ' : '、')}`;
}

/** Guards that fail, in the reader's language. */
export function ReasonList({ reasons }: { reasons: readonly Reason[] }) {
  return (
    <ul class="reasons">
      {reasons.map((r) => (
        <li key={r.guard} data-guard={r.guard}>
          {nameOf(r, lang.value).replace(DAY, (day) => fmt.value.date(day))}
        </li>
      ))}
    </ul>
  );
}

function StaleNotice({ stale }: { stale: Stale }) {
  const w = staffWords.value.form;
  return (
    <div class="form-problem stale" role="alert" tabIndex={-1}>
      <p>{w.stale}</p>
      {stale.rows.length === 0 ? (
        <p>{w.staleSame}</p>
      ) : (
        <>
          <p>{w.staleChanged}</p>
          <ul>
            {stale.rows.map(({ input, was, now }) => (
              <li key={input.name}>
                {nameOf(input, lang.value)}
                {' · '}
                {w.from} {shown(input, was)} → {w.now} {shown(input, now)}
              </li>
            ))}
          </ul>
        </>
      )}
      <p>{w.staleAgain}</p>
    </div>
  );
}

function shown(input: InputField, value: string): string {
  const w = staffWords.value.form;
  if (value === '') return w.empty;
  if (input.type === 'boolean') return value === 'true' ? w.yes : w.no;
  const option = input.options?.find((o) => o.code === value);
  return option ? nameOf(option, lang.value) : value;
}
