import type { ComponentChildren } from 'preact';
import { figures } from '../store/past.ts';
import { fmt, loadSummary, problemText, staff, summaryError } from '../store/server.ts';
import { go, words } from '../store/view.ts';
import { sheetStop } from './sheet.tsx';

/** The district's figures at one revision, and when they held. */
export function Figures() {
  const w = words.value.figures;
  const s = figures.value;
  const f = fmt.value;
  if (!s) {
    if (!summaryError.value) return <div class="figures skeleton" aria-hidden="true" />;
    return (
      <div class="figures failed" role="alert">
        <p>{problemText(summaryError.value)}</p>
        <button type="button" class="plain" onClick={() => void loadSummary()}>
          {words.value.errors.retry}
        </button>
      </div>
    );
  }
  const money = f.money(s.parcels.sold_wan);
  return (
    <section class="figures" aria-label={w.title} data-as-of={s.as_of}>
      <dl>
        <Figure label={w.areas}>{f.int(s.areas.total)}</Figure>
        <Figure label={`${w.cleared} (${w.mu})`}>{f.plain(s.areas.cleared_mu)}</Figure>
        {s.households ? (
          <Figure label={`${w.moved} (${w.households})`}>{f.int(s.households.moved)}</Figure>
        ) : (
          <Figure label={w.projects}>{f.int(s.projects.total)}</Figure>
        )}
        <Figure label={w.sold}>{f.int(s.parcels.sold)}</Figure>
        <Figure label={`${w.soldMu} (${w.mu})`}>{f.mu(s.parcels.sold_mu)}</Figure>
        <Figure label={w.money}>
          <Amount text={money} />
        </Figure>
      </dl>
      {s.areas.late !== undefined && <Late n={s.areas.late} />}
      <p class="as-of">
        {s.households &&
          `${w.projects} ${w.projectCount(f.int(s.projects.total), f.int(s.projects.over_1yi))} · `}
        {w.price} {s.parcels.sold > 0 ? f.pricePerMu(s.parcels.price_per_mu_wan) : '–'}
      </p>
      <p class="as-of">
        {staff.value ? w.asOfRev(f.moment(s.as_of), f.int(s.revision)) : w.asOf(f.moment(s.as_of))}
      </p>
    </section>
  );
}

function Figure({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

// The way from the number to the areas that it counts.
function Late({ n }: { n: number }) {
  const w = words.value.figures;
  const f = fmt.value;
  if (n === 0) {
    return (
      <p class="as-of">
        {w.late} {f.int(n)}
      </p>
    );
  }
  return (
    <button
      type="button"
      class="late-figure"
      title={w.lateTip}
      onClick={() => {
        go({ tab: 'areas', only: 'late', sort: 'late' });
        sheetStop.value = 'half';
      }}
    >
      {w.late} <b>{f.int(n)}</b>
    </button>
  );
}

// The number large, its unit small.
function Amount({ text }: { text: string }) {
  const parts = /^(\D*)([\d.,]+)(.*)$/.exec(text);
  if (!parts) return <>{text}</>;
  return (
    <>
      {parts[1] && <small>{parts[1]}</small>}
      {parts[2]}
      <small>{parts[3]}</small>
    </>
  );
}
