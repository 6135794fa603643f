import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { nameOf } from '../catalogue.ts';
import { fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { askedFor } from './askedfor.ts';
import { today } from './days.ts';
import { done, editRecord, type OpenFile, reread } from './file.ts';
import { ReasonList } from '../ui/form.tsx';
import { RecordEditForm, RecordForm, recordValue, StrikeForm } from './recordform.tsx';
import { refName } from './refnames.ts';
import { adds, amendable, bars, strikes } from './rights.ts';
import { speechOf, zone } from './speech.ts';
import { whoText } from './who.tsx';
import { PartFault } from './partfault.tsx';
import { staffWords } from './store.ts';
import { valueText } from './timeline.ts';
import type { FileRecord, RecordKind } from './types.ts';

// The next one of these is what the one before promised.
const ANSWERED: readonly string[] = ['visit', 'contact'];

// These have their forms among the next steps.
const ORDERS: readonly string[] = ['extension', 'escalation'];

/** The records of a file, a tab for each kind. */
export function RecordsBox({ f }: { f: OpenFile }) {
  const w = staffWords.value.records;
  const { kinds } = speechOf(f.thing);
  const link = askedFor('record');
  const asked = useRef(ORDERS.includes(link) ? '' : link);
  const chosen = useSignal(asked.current);
  const tabs = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (asked.current !== '') tabs.current?.scrollIntoView({ block: 'start' });
    asked.current = '';
  }, []);
  const first =
    kinds.find((k) => f.records.some((r) => r.kind === k.code)) ?? kinds.find((k) => adds(f, k)) ?? kinds[0];
  const kind = kinds.find((k) => k.code === chosen.value) ?? first;
  if (!kind) return null;
  const move = (e: KeyboardEvent) => {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    e.preventDefault();
    const next = kinds[(kinds.indexOf(kind) + step + kinds.length) % kinds.length];
    chosen.value = next?.code ?? '';
    requestAnimationFrame(() => tabs.current?.querySelector<HTMLElement>('[aria-selected=true]')?.focus());
  };
  return (
    <section class="box" aria-labelledby="records-title">
      <div class="box-head">
        <h2 id="records-title">{w.title}</h2>
      </div>
      <PartFault f={f} part="records" />
      <div ref={tabs} class="kind-tabs" role="tablist" aria-label={w.label} onKeyDown={move}>
        {kinds.map((k) => {
          const n = f.records.filter((r) => r.kind === k.code && !r.struck_at).length;
          return (
            <button
              key={k.code}
              id={`kind-${k.code}`}
              type="button"
              role="tab"
              aria-selected={k === kind}
              aria-controls="kind-panel"
              tabIndex={k === kind ? 0 : -1}
              onClick={() => {
                chosen.value = k.code;
              }}
            >
              {nameOf(k, lang.value)}
              {n > 0 && <span class="count">{n}</span>}
            </button>
          );
        })}
      </div>
      <div id="kind-panel" role="tabpanel" aria-labelledby={`kind-${kind.code}`}>
        <KindPanel key={kind.code} f={f} kind={kind} open={asked.current === kind.code} />
      </div>
    </section>
  );
}

function KindPanel({ f, kind, open }: { f: OpenFile; kind: RecordKind; open: boolean }) {
  const w = staffWords.value.records;
  const adding = useSignal(open && adds(f, kind) && bars(f, kind).length === 0);
  const barred = adds(f, kind) ? bars(f, kind) : [];
  const button = useRef<HTMLButtonElement>(null);
  const rows = f.records.filter((r) => r.kind === kind.code).sort((a, b) => order(b, a));
  const holding = rows.filter((r) => !r.struck_at);
  const struck = rows.filter((r) => r.struck_at);
  const close = () => {
    adding.value = false;
    requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <>
      {adding.value && barred.length === 0 ? (
        <div class="edit-box">
          <RecordForm f={f} kind={kind} cancel={close} finished={close} />
        </div>
      ) : (
        adds(f, kind) && (
          <button
            ref={button}
            type="button"
            class="second add-record"
            disabled={barred.length > 0}
            onClick={() => {
              adding.value = true;
            }}
          >
            {w.add(nameOf(kind, lang.value))}
          </button>
        )
      )}
      {barred.length > 0 && <ReasonList reasons={barred} />}
      {rows.length === 0 && !adding.value && <p class="empty">{w.none(nameOf(kind, lang.value))}</p>}
      <RecordList f={f} kind={kind} rows={holding} />
      {struck.length > 0 && (
        <details class="step-more">
          <summary>{w.showStruck(struck.length)}</summary>
          <RecordList f={f} kind={kind} rows={struck} />
        </details>
      )}
    </>
  );
}

function order(a: FileRecord, b: FileRecord): number {
  if (a.on !== b.on) return a.on < b.on ? -1 : 1;
  return a.no - b.no;
}

function RecordList({ f, kind, rows }: { f: OpenFile; kind: RecordKind; rows: readonly FileRecord[] }) {
  return (
    <ol class="record-list">
      {rows.map((r, i) => (
        <RecordRow key={r.no} f={f} kind={kind} record={r} answered={i > 0 && ANSWERED.includes(kind.code)} />
      ))}
    </ol>
  );
}

interface RecordRowProps {
  f: OpenFile;
  kind: RecordKind;
  record: FileRecord;
  answered: boolean;
}

function RecordRow({ f, kind, record: r, answered }: RecordRowProps) {
  const w = staffWords.value.records;
  const open = useSignal<'' | 'edit' | 'strike'>('');
  const close = () => {
    open.value = '';
  };
  const inputs = amendable(f, kind, r);
  const mayStrike = strikes(f, kind, r);
  const overdue = Boolean(r.due) && !answered && !r.done_on && !r.struck_at && String(r.due) < today(zone());
  return (
    <li class={r.struck_at ? 'record struck' : 'record'} data-no={r.no}>
      <div class="record-head">
        <time dateTime={r.on}>{fmt.value.date(r.on)}</time>
        <span class="record-no">№ {r.no}</span>
        <span class="hint" title={r.by_name && r.by}>
          {w.by(whoText(r.by, r.by_name))}
        </span>
        {open.value === '' && (inputs.length > 0 || mayStrike) && (
          <span class="record-actions">
            {inputs.length > 0 && (
              <button
                type="button"
                class="plain"
                onClick={() => {
                  open.value = 'edit';
                }}
              >
                {w.edit}
              </button>
            )}
            {mayStrike && (
              <button
                type="button"
                class="plain"
                onClick={() => {
                  open.value = 'strike';
                }}
              >
                {w.strike}
              </button>
            )}
          </span>
        )}
      </div>
      <RecordFacts f={f} kind={kind} record={r} overdue={overdue} />
      {r.struck_at && <p class="hint">{w.struckWhy(r.struck_why ?? '')}</p>}
      {open.value === 'edit' && (
        <div class="edit-box">
          <RecordEditForm f={f} kind={{ ...kind, inputs }} record={r} cancel={close} finished={close} />
        </div>
      )}
      {open.value === 'strike' && (
        <div class="edit-box">
          <StrikeForm
            cancel={close}
            strike={async (reason, key) => {
              await editRecord(f, r, { strike: true, reason }, { key, version: r.version });
              await reread();
              done.value = w.struck;
            }}
          />
        </div>
      )}
    </li>
  );
}

interface RecordFactsProps {
  f: OpenFile;
  kind: RecordKind;
  record: FileRecord;
  overdue: boolean;
}

function RecordFacts({ f, kind, record, overdue }: RecordFactsProps) {
  const s = speechOf(f.thing);
  const w = s.w.records;
  return (
    <dl class="record-facts">
      {kind.inputs.flatMap((i) => {
        const value = i.name === 'on' ? '' : recordValue(record, i.name);
        if (value === '') return [];
        const text = (i.ref && refName(i.ref, value)) || valueText(i.name, value, s, kind);
        return (
          <div key={i.name} class={i.long ? 'long' : ''}>
            <dt>{nameOf(i, lang.value)}</dt>
            <dd class={i.name === 'due' && overdue ? 'late-day' : ''}>
              {text}
              {i.name === 'due' && overdue && ` · ${w.overdue}`}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
