import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { nameOf, statusOf } from '../catalogue.ts';
import { fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { Form, type Hint, ReasonList } from '../ui/form.tsx';
import { Swatch } from '../ui/swatch.tsx';
import { askedFor } from './askedfor.ts';
import { auctionHints } from './auctionhints.ts';
import { today } from './days.ts';
import { done, makeMove, type OpenFile, reread } from './file.ts';
import { given, type Values } from './formvalues.ts';
import { ByOthers, NotOffered } from './others.tsx';
import { RecordForm } from './recordform.tsx';
import { adds, bars } from './rights.ts';
import { speechOf, zone } from './speech.ts';
import { staffWords } from './store.ts';
import { ASIDE, MACHINE_OF_THING, type Missing, missing, stateName } from './things.ts';
import type { InputField, Move, Reason } from './types.ts';
import { offerUndo, wantedStep } from './undo.ts';
import { UndoBar } from './undobar.tsx';

// Texts that want more than a line.
const LONG: readonly string[] = ['pay_later', 'evidence'];

// Names that no move's data has.
const ON = 'move:on';
const WHY = 'move:reason';

/** What the reader can do with the thing now; each step opens its form. */
export function StepsBox({ f }: { f: OpenFile }) {
  const w = staffWords.value.steps;
  const open = useSignal(askedFor('move') || askedFor('record'));
  const wanted = wantedStep.value;
  useEffect(() => {
    if (wanted === '') return;
    open.value = wanted;
    wantedStep.value = '';
    document.querySelector('.steps')?.scrollIntoView({ block: 'nearest' });
  }, [wanted]);
  const moves = f.moves.moves ?? [];
  const forward = moves.filter((m) => !m.back && !ASIDE.includes(m.to));
  const aside = moves.filter((m) => !m.back && ASIDE.includes(m.to));
  const back = moves.filter((m) => m.back);
  const extras = extrasOf(f);
  const step = (m: Move) => (
    <Step
      key={`${m.to}/${m.back}`}
      f={f}
      move={m}
      open={open.value === m.to}
      toggle={() => {
        open.value = open.value === m.to ? '' : m.to;
      }}
    />
  );
  return (
    <section class="box steps" aria-labelledby="steps-title">
      <h2 id="steps-title">{w.title}</h2>
      <NotOffered f={f} />
      {moves.length + extras.length === 0 && <ByOthers f={f} />}
      {forward.length > 0 && <ul class="step-list">{forward.map(step)}</ul>}
      {extras.length > 0 && (
        <ul class="step-list" aria-label={w.extra}>
          {extras.map((kind) => (
            <ExtraStep
              key={kind}
              f={f}
              kind={kind}
              open={open.value === kind}
              toggle={() => {
                open.value = open.value === kind ? '' : kind;
              }}
            />
          ))}
        </ul>
      )}
      {aside.length > 0 && (
        <details class="step-more" open={aside.some((m) => m.to === open.value)}>
          <summary>{w.aside}</summary>
          <ul class="step-list">{aside.map(step)}</ul>
        </details>
      )}
      {back.length > 0 && (
        <details class="step-more" open={back.some((m) => m.to === open.value)}>
          <summary>{w.back}</summary>
          <p class="hint">{w.backIntro}</p>
          <ul class="step-list">{back.map(step)}</ul>
        </details>
      )}
      <UndoBar f={f} />
    </section>
  );
}

// A problem's extension and escalation are records with an effect: they stand among its steps.
function extrasOf(f: OpenFile): readonly string[] {
  if (f.thing !== 'problems' || f.moves.status === 'closed') return [];
  const kinds = speechOf(f.thing).kinds.filter((k) => adds(f, k));
  return ['extension', 'escalation'].filter((code) => kinds.some((k) => k.code === code));
}

interface StepProps {
  f: OpenFile;
  move: Move;
  open: boolean;
  toggle: () => void;
}

function Step({ f, move, open, toggle }: StepProps) {
  const w = staffWords.value.steps;
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const look = statusOf(MACHINE_OF_THING[f.thing], move.to);
  const { asked, told, elsewhere } = missingOf(move);
  const fill = asked.length + told.length;
  const note = elsewhere.length > 0 ? w.blocked(elsewhere.length) : fill > 0 ? w.fill(fill) : '';
  const close = () => {
    toggle();
    button.current?.focus();
  };
  return (
    <li class={open ? 'step open' : 'step'}>
      <button
        ref={button}
        type="button"
        class="step-button"
        data-to={move.to}
        aria-expanded={open}
        aria-controls={id}
        onClick={toggle}
      >
        {look && <Swatch look={look} />}
        <span class="step-name">{nameOf(move, lang.value)}</span>
        <span class={elsewhere.length > 0 ? 'step-note blocked' : 'step-note'}>{note}</span>
      </button>
      <div id={id} class="step-form" hidden={!open}>
        {open && <MoveForm f={f} move={move} cancel={close} />}
      </div>
    </li>
  );
}

function MoveForm({ f, move, cancel }: { f: OpenFile; move: Move; cancel: () => void }) {
  const w = staffWords.value.steps;
  const { asked, told, elsewhere } = missingOf(move);
  const inputs = formInputs(move, asked);
  const name = (code: string) => stateName(f.thing, code, lang.value);
  const submit = async (values: Values, key: string) => {
    const { [ON]: on, [WHY]: reason, ...data } = given(values);
    const event = await makeMove(
      f,
      { to: move.to, ...(on ? { on } : {}), ...(reason ? { reason } : {}), data },
      { key, version: f.moves.version },
    );
    await reread();
    const warned = (event.warnings ?? []).map((r) => nameOf(r, lang.value));
    if (!move.back) offerUndo(f);
    done.value = [w.moved(name(move.to)), ...(warned.length > 0 ? [w.movedWarned, ...warned] : [])].join(' ');
  };
  return (
    <Form
      inputs={inputs}
      label={move.back ? w.backTo(name(move.to)) : w.moveTo(name(move.to))}
      grave={move.back || ASIDE.includes(move.to)}
      version={f.moves.version}
      submit={submit}
      reload={reread}
      cancel={cancel}
      stateName={name}
      asked={move.to}
      hints={f.thing === 'parcels' && move.to === 'announced' ? hintTexts : undefined}
    >
      {elsewhere.length > 0 && (
        <div class="step-missing">
          <p>{w.missing}</p>
          <ReasonList reasons={elsewhere} />
        </div>
      )}
      {told.length > 0 && (
        <div class="step-missing told">
          <p>{w.told}</p>
          <ReasonList reasons={told} />
        </div>
      )}
      {(move.warnings ?? []).length > 0 && (
        <div class="step-missing warn">
          <p>{w.warnings}</p>
          <ReasonList reasons={move.warnings ?? []} />
        </div>
      )}
    </Form>
  );
}

function missingOf(move: Move): Missing<Reason> {
  return missing(move.reasons ?? [], [...(move.inputs ?? []), { name: 'reason' }]);
}

function formInputs(move: Move, asked: readonly string[]): readonly InputField[] {
  const inputs = (move.inputs ?? []).map((i) => {
    const input = LONG.includes(i.name) ? { ...i, long: true } : i;
    const needed = asked.includes(i.name) && i.type !== 'boolean';
    return needed ? { ...input, required: true } : input;
  });
  const w = staffWords.value.steps;
  const day = today(zone());
  const why = move.back || asked.includes('reason');
  return [
    ...inputs,
    { name: ON, type: 'date', zh: w.on, en: w.on, value: day, required: true },
    { name: WHY, type: 'string', zh: w.reason, en: w.reason, long: true, required: why },
  ];
}

function hintTexts(values: Values): Readonly<Record<string, Hint>> {
  const w = staffWords.value.hints;
  const day = (text?: string) => (text ? fmt.value.date(text) : '');
  const out: Record<string, Hint> = {};
  for (const h of auctionHints(values)) {
    const [n, share] = [h.days ?? 0, fmt.value.percent(Math.round((h.share ?? 0) * 10) / 10)];
    const text = {
      earliest: w.earliest(day(h.day)),
      notice: h.warn ? w.noticeShort(n, day(h.day)) : w.notice(n),
      shortest: w.shortest(day(h.day)),
      listing: h.warn ? w.listingShort(n, day(h.day)) : w.listing(n),
      deposit: h.warn ? w.depositLow(share) : w.deposit(share),
      end: w.end(day(h.day)),
    }[h.kind];
    out[h.field] = { text, warn: h.warn };
  }
  return out;
}

function ExtraStep({
  f,
  kind,
  open,
  toggle,
}: {
  f: OpenFile;
  kind: string;
  open: boolean;
  toggle: () => void;
}) {
  const w = staffWords.value.problem;
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const found = speechOf(f.thing).kinds.find((k) => k.code === kind);
  if (!found) return null;
  const barred = bars(f, found);
  const close = () => {
    toggle();
    button.current?.focus();
  };
  return (
    <li class={open ? 'step open' : 'step'}>
      <button
        ref={button}
        type="button"
        class="step-button"
        data-record={kind}
        aria-expanded={open && barred.length === 0}
        aria-controls={id}
        disabled={barred.length > 0}
        onClick={toggle}
      >
        <span class="step-name">{kind === 'extension' ? w.extend : w.escalate}</span>
        <span class="step-note">
          {kind === 'extension'
            ? w.extensions(Number(f.item.properties.extensions ?? 0))
            : w.escalations(Number(f.item.properties.escalations ?? 0))}
          {barred.length > 0 && ` · ${barred.map((r) => nameOf(r, lang.value)).join('；')}`}
        </span>
      </button>
      <div id={id} class="step-form" hidden={!open || barred.length > 0}>
        {open && barred.length === 0 && <RecordForm f={f} kind={found} cancel={close} finished={toggle} />}
      </div>
    </li>
  );
}
