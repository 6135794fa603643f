import { boxOf } from '../bounds.ts';
import { fmt } from '../store/server.ts';
import { formatHash, START } from '../url.ts';
import { MapIcon } from '../ui/mapicons.tsx';
import { MachineBadge } from '../ui/swatch.tsx';
import { causeSentence } from './arealights.ts';
import { daysBetween, today } from './days.ts';
import type { OpenFile } from './file.ts';
import { FileLink } from './filelink.tsx';
import { LightMark } from './light.tsx';
import { zone } from './speech.ts';
import { staffWords } from './store.ts';
import { MACHINE_OF_THING } from './things.ts';

const OVER: readonly string[] = ['closed', 'cancelled', 'handed_over', 'cleared'];

/** Which thing it is, how it stands, where it belongs. */
export function FileHead({ f }: { f: OpenFile }) {
  const w = staffWords.value;
  const p = f.item.properties;
  const text = (name: string) => String(p[name] ?? '');
  const name = text('name') || text('title') || text('notice_no') || f.code;
  const due = f.thing === 'areas' ? text('deadline') : f.thing === 'problems' ? text('due') : '';
  const days = due === '' ? null : daysBetween(today(zone()), due);
  const open = !OVER.includes(f.moves.status);
  // The board judges areas; the light of a problem is its own.
  const light = f.thing === 'areas' ? (f.light?.light ?? '') : text('light');
  const map = mapHref(f);
  return (
    <header class="file-head">
      <div class="file-kind">
        <span>{w.things[f.thing]}</span>
        <span class="code">{f.code}</span>
      </div>
      <h1>{name}</h1>
      <div class="file-marks">
        <MachineBadge machine={MACHINE_OF_THING[f.thing]} code={f.moves.status} />
        {open && (
          <LightMark
            light={light || (f.thing !== 'areas' && days !== null && days < 0 ? 'red' : '')}
            days={days}
          />
        )}
        {due !== '' && (
          <span class="file-due">
            {w.file.deadline} {fmt.value.date(due)}
          </span>
        )}
        {f.thing !== 'areas' && text('area') !== '' && (
          <span>
            {w.file.area} <FileLink thing="areas" code={text('area')} text={text('area_name')} />
          </span>
        )}
        {f.thing !== 'buildings' && text('building') !== '' && (
          <span>
            {w.file.building} <FileLink thing="buildings" code={text('building')} />
          </span>
        )}
        {f.thing === 'projects' && text('parcel') !== '' && (
          <span>
            {w.file.parcel} <FileLink thing="parcels" code={text('parcel')} />
          </span>
        )}
        <span class="spring" />
        {map && (
          <a class="second" href={map}>
            <MapIcon name="target" />
            {w.file.onMap}
          </a>
        )}
      </div>
      {open && f.light && <p class="hint file-cause">{causeSentence(f.light)}</p>}
    </header>
  );
}

// What is not on the map itself is shown by its building or its area.
function mapHref(f: OpenFile): string | null {
  const p = f.item.properties;
  const sel =
    f.thing === 'households' || f.thing === 'problems'
      ? p.building
        ? { collection: 'buildings' as const, code: String(p.building) }
        : p.area
          ? { collection: 'areas' as const, code: String(p.area) }
          : null
      : { collection: f.thing, code: f.code };
  if (!sel) return null;
  const box = boxOf(f.item.geometry);
  const wide = box ? Math.max(box[2] - box[0], (box[3] - box[1]) * 1.2, 0.0015) : 0;
  const camera = box && {
    zoom: Math.min(17, Math.log2(360 / wide) + 0.4),
    lat: (box[1] + box[3]) / 2,
    lng: (box[0] + box[2]) / 2,
  };
  const mode = f.thing === 'parcels' || f.thing === 'projects' ? 'auction' : 'clearance';
  return `/map#${formatHash({ ...START, mode, sel, camera })}`;
}
