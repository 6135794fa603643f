import { fmt } from '../store/server.ts';
import { view, words } from '../store/view.ts';

/** Says, beside what is of today, that the map shows a past day. */
export function AsOf() {
  const { date } = view.value;
  return date === null ? null : <p class="as-of past">{words.value.pastDay(fmt.value.date(date))}</p>;
}
