import { fmt } from '../store/server.ts';
import { printWords } from './choice.ts';
import type { Corner } from './corners.ts';

interface CornersProps {
  name: string;
  all: readonly Corner[];
  /** How many the sheet has room for. */
  most: number;
  /** X and Y are metres of a plane, else degrees. */
  metric: boolean;
}

// A column of the table is no shorter than this.
const LEAST_ROWS = 10;

/** The corner table of the selected land, in columns side by side. */
export function Corners({ name, all, most, metric }: CornersProps) {
  const w = printWords.value;
  const shown = all.slice(0, most);
  const rows = Math.max(LEAST_ROWS, Math.ceil(shown.length / 2));
  const columns = shown.length > rows ? [shown.slice(0, rows), shown.slice(rows)] : [shown];
  return (
    <section class="print-corners">
      <h2>{w.corners(name)}</h2>
      <div class="print-columns">
        {columns.map((list) => (
          <table key={list[0]?.no}>
            <thead>
              <tr>
                <th scope="col">{w.no}</th>
                <th scope="col">{metric ? w.x : w.lat}</th>
                <th scope="col">{metric ? w.y : w.lng}</th>
                <th scope="col">{w.edge}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((c) => (
                <tr key={c.no}>
                  <th scope="row">{c.no}</th>
                  <td>{c.x}</td>
                  <td>{c.y}</td>
                  <td>{c.edge}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
      <p>
        {metric && w.unit}
        {all.length > most && ` ${w.more(fmt.value.int(all.length), fmt.value.int(most))}`}
      </p>
    </section>
  );
}
