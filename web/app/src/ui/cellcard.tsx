import type { MapWords } from '../i18n/map.zh.ts';
import { nameOf } from '../catalogue.ts';
import { cellAt } from '../map/cellat.ts';
import { fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { Swatch } from './swatch.tsx';

// How far from the pointer the card stands, in pixels.
const ASIDE = 14;

/** What lies in the cell that the pointer is on: land and parcels by state. The list has the same in words. */
export function CellCard({ words }: { words: MapWords['cell'] }) {
  const shown = cellAt.value;
  if (!shown) return null;
  const { cell, at } = shown;
  const f = fmt.value;
  // A parcel counts where its middle is; its land counts wherever it lies.
  const amount = ({ n, mu }: { n: number; mu: number }) =>
    n > 0 ? words.both(f.mu(mu), f.int(n)) : words.land(f.mu(mu));
  // The card stands on the side of the pointer where there is more room.
  const left = at.x * 2 > innerWidth - 340;
  const above = at.y * 2 > innerHeight - 80;
  const shift = `translate(${left ? '-100%' : '0'}, ${above ? '-100%' : '0'})`;
  return (
    <div
      class="cell-card"
      style={{
        left: `${at.x + (left ? -ASIDE : ASIDE)}px`,
        top: `${at.y + (above ? -ASIDE : ASIDE)}px`,
        transform: shift,
      }}
    >
      <strong>{amount(cell)}</strong>
      <span class="soft">{words.cover(f.percent(cell.cover))}</span>
      <ul>
        {cell.parts.map(({ status, n, mu }) => (
          <li key={status.code}>
            <Swatch look={status} />
            <span>{nameOf(status, lang.value)}</span>
            <span class="figure">{amount({ n, mu })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
