import { useSignal } from '@preact/signals';
import { shownRate } from '../rate.ts';
import { fmt, problemText } from '../store/server.ts';
import { words } from '../store/view.ts';
import { MachineBadge } from '../ui/swatch.tsx';
import { daysBetween, today } from './days.ts';
import type { OpenFile } from './file.ts';
import { FileLink } from './filelink.tsx';
import { LightMark } from './light.tsx';
import { useRelated } from './related.ts';
import { zone } from './speech.ts';
import { may, staffWords } from './store.ts';

/** An area's progress, its problems, what the public sees, and the lists of what lies in it. */
export function AreaBoxes({ f }: { f: OpenFile }) {
  return (
    <>
      <Progress f={f} />
      <Problems f={f} />
      <Bulletin f={f} />
      <Lists f={f} />
    </>
  );
}

function Progress({ f }: { f: OpenFile }) {
  const w = staffWords.value.area;
  const p = f.item.properties;
  const all = Number(p.households ?? 0);
  return (
    <section class="box" aria-labelledby="progress-title">
      <div class="box-head">
        <h2 id="progress-title">{w.progress}</h2>
      </div>
      {all === 0 && <p class="empty">{w.noHouseholds}</p>}
      <div class="bars">
        {all > 0 &&
          (['signed', 'vacated', 'demolished'] as const).map((k) => (
            <Bar
              key={k}
              name={w[k]}
              kind={k}
              share={Number(p[k] ?? 0) / all}
              text={w.of(fmt.value.int(Number(p[k] ?? 0)), fmt.value.int(all))}
            />
          ))}
        {Number(p.plan_mu ?? 0) > 0 && (
          <Bar
            name={w.cleared}
            kind="cleared"
            share={Number(p.cleared_mu ?? 0) / Number(p.plan_mu)}
            text={`${fmt.value.mu(Number(p.cleared_mu ?? 0))} / ${fmt.value.mu(Number(p.plan_mu))} ${words.value.units.mu}`}
          />
        )}
      </div>
    </section>
  );
}

function Bar({ name, kind, share, text }: { name: string; kind: string; share: number; text: string }) {
  const most = Math.min(1, Math.max(0, share));
  return (
    <div class="bar" data-kind={kind}>
      <span>{name}</span>
      <span class="bar-track" aria-hidden="true">
        <span style={{ width: `${most * 100}%` }} />
      </span>
      <strong>{fmt.value.percent(shownRate(share * 100))}</strong>
      <span class="hint">{text}</span>
    </div>
  );
}

function Problems({ f }: { f: OpenFile }) {
  const w = staffWords.value;
  const found = useRelated('problems', { area: f.code }, f.readAt).value;
  const open = found.rows
    .filter((r) => r.properties.status !== 'closed')
    .sort((a, b) => (String(a.properties.due ?? '9') < String(b.properties.due ?? '9') ? -1 : 1));
  const overdue = Number(f.item.properties.problems_overdue ?? 0);
  return (
    <section class="box" aria-labelledby="problems-title">
      <div class="box-head">
        <h2 id="problems-title">{w.area.problems}</h2>
        {open.length > 0 && <span class="hint">{w.area.open(open.length)}</span>}
        {overdue > 0 && <LightMark light="red" />}
        <span class="spring" />
        <a href={`/problems?area=${encodeURIComponent(f.code)}`}>{w.area.allProblems}</a>
      </div>
      {found.error && <p class="empty">{problemText(found.error)}</p>}
      {!found.loading && !found.error && open.length === 0 && <p class="empty">{w.area.noProblems}</p>}
      <ul class="mini-list">
        {open.map(({ id, properties: p }) => (
          <li key={id}>
            <MachineBadge machine="problem" code={String(p.status)} />
            <FileLink thing="problems" code={id} text={String(p.title || id)} />
            <span class="spring" />
            <LightMark
              light={String(p.light ?? '')}
              days={p.due ? daysBetween(today(zone()), String(p.due)) : null}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Bulletin({ f }: { f: OpenFile }) {
  const w = staffWords.value.area;
  const p = f.item.properties;
  const count = (name: string) =>
    typeof p[name] === 'number' ? fmt.value.int(Number(p[name])) : p.bulletin_few ? w.withheld : '—';
  return (
    <section class="box" aria-labelledby="bulletin-title">
      <div class="box-head">
        <h2 id="bulletin-title">{w.bulletin}</h2>
      </div>
      {p.bulletin_on ? (
        <>
          <p>{w.bulletinOf(fmt.value.date(String(p.bulletin_on)))}</p>
          <dl class="fact-grid">
            {(['surveyed', 'signed', 'vacated'] as const).map((k) => (
              <div key={k}>
                <dt>{w[k]}</dt>
                <dd>{count(`bulletin_${k}`)}</dd>
              </div>
            ))}
          </dl>
          {p.bulletin_few === true && <p class="hint">{w.few}</p>}
        </>
      ) : (
        <p class="empty">{w.bulletinNone}</p>
      )}
    </section>
  );
}

function Lists({ f }: { f: OpenFile }) {
  const w = staffWords.value.area;
  const shown = useSignal(false);
  const at = `?area=${encodeURIComponent(f.code)}`;
  return (
    <section class="box" aria-labelledby="lists-title">
      <div class="box-head">
        <h2 id="lists-title">{w.links}</h2>
        <span class="spring" />
        {may('read_households') && <a href={`/households${at}`}>{w.households}</a>}
        <a href={`/parcels${at}`}>{w.parcels}</a>
        <a href={`/projects${at}`}>{w.projects}</a>
      </div>
      <details
        class="step-more"
        onToggle={(e) => {
          if (e.currentTarget.open) shown.value = true;
        }}
      >
        <summary>{w.buildings}</summary>
        {shown.value && <Buildings f={f} />}
      </details>
    </section>
  );
}

function Buildings({ f }: { f: OpenFile }) {
  const found = useRelated('buildings', { area: f.code }, 0, 1000).value;
  if (found.error) return <p class="empty">{problemText(found.error)}</p>;
  if (found.loading) return <p class="empty">{words.value.list.loading}</p>;
  return (
    <ul class="chip-list">
      {found.rows.map(({ id, properties: p }) => (
        <li key={id}>
          <MachineBadge machine="building" code={String(p.status)} />
          <FileLink thing="buildings" code={id} />
        </li>
      ))}
    </ul>
  );
}
