import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { fmt } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import type { IngestReport, RowNote } from '../types.ts';
import { importWords } from './importwords.ts';

const M2_PER_MU = 10_000 / 15;
const MOST = 500;

/** What an import found and did, row by row where there is something to say. */
export function ImportReport({ report, next }: { report: IngestReport; next: ComponentChildren }) {
  const w = importWords.value;
  const f = fmt.value;
  const c = w.counts;
  const title = useRef<HTMLHeadingElement>(null);
  // Each report that arrives is shown, not each drawing of it.
  useEffect(() => {
    title.current?.scrollIntoView({ block: 'start' });
    title.current?.focus({ preventScroll: true });
  }, [report]);
  const done = report.committed
    ? w.committed
    : report.dry_run && report.refused === 0
      ? w.dryDone
      : w.notWritten;
  const cells: [string, string][] = [
    [c.rows, f.int(report.rows)],
    [c.created, f.int(report.created)],
    [c.updated, f.int(report.updated)],
    [c.unchanged, f.int(report.unchanged)],
    [c.refused, f.int(report.refused)],
    [c.fixed, f.int(report.fixed)],
    [c.area, `${f.mu(report.area_m2 / M2_PER_MU)} ${words.value.units.mu}`],
    [c.format, [report.format, report.encoding].filter(Boolean).join(' · ')],
    [c.crs, report.srid > 0 ? `EPSG:${report.srid}` : ''],
  ];
  return (
    <section class="report" aria-labelledby="report-title">
      <h2 id="report-title" ref={title} tabIndex={-1}>
        {w.report}
      </h2>
      <p class={report.refused > 0 ? 'verdict bad' : 'verdict'} role="status">
        <strong>{report.file}</strong> {done}
        {report.committed && (
          <>
            {' '}
            <a href={mapLink(report)}>{w.onMap}</a>
          </>
        )}
      </p>
      {report.committed && report.layer === 'parcels' && report.created > 0 && <p>{w.parcelsReserved}</p>}
      {next}
      <dl class="report-counts">
        {cells
          .filter(([, text]) => text !== '')
          .map(([label, text]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
      <Notes notes={report.notes ?? []} omitted={report.omitted ?? 0} />
    </section>
  );
}

function Notes({ notes, omitted }: { notes: readonly RowNote[]; omitted: number }) {
  const w = importWords.value;
  const severities: Record<string, string> = w.severities;
  if (notes.length === 0) return <p class="hint">{w.noNotes}</p>;
  // What concerns the whole file, and the counts of what was left out, come first.
  const shown = [...notes.filter((n) => n.row === 0), ...notes.filter((n) => n.row > 0)].slice(0, MOST);
  const all = notes.length + omitted;
  return (
    <>
      <h3 id="notes-title">{w.notes}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="table-box" aria-labelledby="notes-title" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{w.row}</th>
              <th scope="col">{w.code}</th>
              <th scope="col">{w.severity}</th>
              <th scope="col">{w.reason}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((n, i) => (
              <tr key={`${n.row}/${n.problem}/${i}`}>
                <td class="num">{n.row > 0 ? n.row : ''}</td>
                <td>{n.code}</td>
                <td>
                  <span class={`severity ${n.severity}`}>{severities[n.severity] ?? n.severity}</span>
                </td>
                <td>
                  {lang.value === 'en' ? n.en : n.zh}
                  <span class="hint"> {[n.problem, n.field].filter(Boolean).join(' · ')}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {all > shown.length && (
        <p class="hint">{w.moreNotes(fmt.value.int(shown.length), fmt.value.int(all))}</p>
      )}
    </>
  );
}

function mapLink(report: IngestReport): string {
  const mode = report.layer === 'parcels' ? 'mode=auction&tab=parcels' : 'tab=areas';
  const [w, s, e, n] = report.bbox ?? [];
  if (w === undefined || s === undefined || e === undefined || n === undefined) return `/#${mode}`;
  const span = Math.max(e - w, (n - s) * 1.4, 1e-4);
  const zoom = Math.min(16, Math.max(1, Math.log2(360 / span) + 0.6));
  return `/#v=${zoom.toFixed(2)}/${((s + n) / 2).toFixed(5)}/${((w + e) / 2).toFixed(5)}&${mode}`;
}
