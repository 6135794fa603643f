import { route } from '../store/route.ts';
import { readFilters } from './listquery.ts';

/** What a link to a file asks to be opened in it: the form of a move, or of a kind of record; "" = nothing. */
export function askedFor(name: 'move' | 'record'): string {
  return readFilters(route.peek().search, [name])[name] ?? '';
}
