import { useComputed, useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { boxOf } from '../bounds.ts';
import { flyTo, outlined } from '../store/camera.ts';
import { ensureWhole, lists } from '../store/lists.ts';
import { revision } from '../store/live.ts';
import { fileHref } from '../store/route.ts';
import { api, fmt } from '../store/server.ts';
import { go, view } from '../store/view.ts';
import type { Remains } from '../types.ts';
import { valueName } from '../ui/filternames.ts';
import { StatusBadge } from '../ui/swatch.tsx';
import { useLoaded } from './loaded.ts';
import { toolsWords } from './words.ts';

/**
 * What is left to be done in an area: the one selected on the map, else chosen here, else filtered by. The map
 * outlines it; choosing one here flies there and opens no drawer, for that would leave little of the map.
 */
export function RemainsTool() {
  const w = toolsWords.value.remains;
  useEffect(() => {
    void ensureWhole('areas');
  }, []);
  const area = useComputed(() => {
    const { sel, remains, filter } = view.value;
    return (sel?.collection === 'areas' ? sel.code : null) ?? remains ?? filter.area ?? null;
  });
  const row = useComputed(() => lists.areas.value.rows.find((r) => r.id === area.value));
  useSignalEffect(() => {
    const fid = row.value?.properties.fid;
    outlined.value = typeof fid === 'number' ? { layer: 'areas', fid } : null;
  });
  useEffect(
    () => () => {
      outlined.value = null;
    },
    [],
  );
  const going = useRef('');
  const choose = (code: string) => {
    going.current = code;
    go({ remains: code || null, sel: null }, 'push');
  };
  const found = useLoaded<Remains>(
    () => area.value && JSON.stringify([area.value, revision.value]),
    (signal) => api.read<Remains>(`/api/areas/${encodeURIComponent(area.peek() ?? '')}/remains`, signal),
  );
  const { value, loading, trouble } = found.value;
  useEffect(() => {
    // On a phone the panel has its height by then.
    if (!value || value.area !== going.current) return;
    going.current = '';
    const box = boxOf(row.peek()?.geometry);
    if (box) flyTo(box);
  }, [value]);
  return (
    <div class="tool-body" aria-busy={loading}>
      <label class="facet">
        <span class="facet-name">{w.area}</span>
        <select name="remains-area" value={area.value ?? ''} onChange={(e) => choose(e.currentTarget.value)}>
          <option value="">{w.choose}</option>
          {lists.areas.value.rows.map((r) => (
            <option key={r.id} value={r.id}>
              {String(r.properties.name || r.id)}
            </option>
          ))}
        </select>
      </label>
      {trouble && <p role="alert">{trouble}</p>}
      {value && value.area === area.value && <Found r={value} />}
    </div>
  );
}

function Found({ r }: { r: Remains }) {
  const w = toolsWords.value.remains;
  const f = fmt.value;
  const m2 = (n: number) => f.plain(n);
  return (
    <>
      <p class="as-of">{w.asOf(f.moment(r.as_of))}</p>
      <dl class="remains">
        <Line id="left" name={w.left} more={w.plan(f.plain(r.plan_mu), f.plain(r.cleared_mu))}>
          {`${f.mu(r.left_mu)} ${toolsWords.value.measure.mu}`}
        </Line>
        <Line
          id="unplanned"
          name={w.unplanned}
          more={r.reserved.length > 0 ? w.reserved(r.reserved.map((p) => p.code).join('、')) : w.noParcel}
          raw={r.unplanned_mu}
        >
          {`${f.mu(r.unplanned_mu)} ${toolsWords.value.measure.mu}`}
        </Line>
        <Line
          id="unsigned"
          name={w.unsigned}
          more={w.unsignedBuildings(f.int(r.unsigned_buildings))}
          raw={r.unsigned_households}
        >
          {w.unsignedOf(f.int(r.unsigned_households), f.int(r.households))}
        </Line>
        <Line id="vacating" name={w.vacating} raw={r.signed_not_vacated}>
          {w.homes(f.int(r.signed_not_vacated))}
        </Line>
        <Line id="standing" name={w.standing} raw={r.standing}>
          {w.buildings(f.int(r.standing), m2(r.standing_m2))}
        </Line>
        <Line id="illegal" name={w.illegal} raw={r.illegal_m2}>
          {w.buildings(f.int(r.illegal), m2(r.illegal_m2))}
        </Line>
        <Line id="problems" name={w.problems} raw={r.problems_open}>
          {w.problemsOf(f.int(r.problems_open), f.int(r.problems_overdue))}
        </Line>
      </dl>
      <h3>{w.listProblems}</h3>
      {r.problems.length === 0 && <p class="hint">{w.nothing}</p>}
      <ul class="remaining">
        {r.problems.map((p) => (
          <li key={p.code}>
            <a href={fileHref('problems', p.code)}>{p.title}</a>
            <span class={p.overdue_days > 0 ? 'late' : 'hint'}>
              {p.overdue_days > 0 ? w.overdue(f.int(p.overdue_days)) : p.due ? w.due(f.date(p.due)) : ''}
            </span>
            <span class="hint">{p.department}</span>
          </li>
        ))}
      </ul>
      <h3>{w.listBuildings}</h3>
      {r.buildings.length === 0 && <p class="hint">{w.nothing}</p>}
      <ul class="remaining">
        {r.buildings.map((b) => (
          <li key={b.code}>
            <button
              type="button"
              class="plain"
              data-building={b.code}
              onClick={() => {
                // The list stays that of its area.
                go({ remains: r.area, sel: { collection: 'buildings', code: b.code } }, 'push');
              }}
            >
              {b.code}
            </button>
            <StatusBadge collection="buildings" code={b.status} />
            <span class="hint">
              {`${valueName('buildings', 'legal', b.legal)} · ${m2(b.floor_m2)} ${toolsWords.value.measure.m2}`}
            </span>
            {(b.unsigned ?? 0) > 0 && <span class="late">{w.unsignedHere(f.int(b.unsigned ?? 0))}</span>}
          </li>
        ))}
      </ul>
      {r.standing > r.buildings.length && <p class="hint">{w.first(f.int(r.buildings.length))}</p>}
    </>
  );
}

interface LineProps {
  id: string;
  name: string;
  more?: string;
  raw?: number;
  children: ComponentChildren;
}

function Line({ id, name, more, raw, children }: LineProps) {
  return (
    <div data-left={id} data-raw={raw}>
      <dt>{name}</dt>
      <dd>
        {children}
        {more && <span class="hint">{more}</span>}
      </dd>
    </div>
  );
}
