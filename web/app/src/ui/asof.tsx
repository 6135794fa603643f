import { archiveAsked } from '../store/archive.ts';
import { shownDay } from '../store/day.ts';
import { fmt } from '../store/server.ts';
import { words } from '../store/view.ts';

/** Says, beside what is of today, that the map shows a past day or an archive. */
export function AsOf() {
  const date = shownDay.value;
  const name = archiveAsked.value;
  if (date === null && name === null) return null;
  const w = words.value;
  return <p class="as-of past">{date === null ? w.besideArchive : w.pastDay(fmt.value.date(date))}</p>;
}
