import { useRef } from 'preact/hooks';
import { lang, words } from '../store/view.ts';
import { askedFor } from './askedfor.ts';
import type { OpenFile } from './file.ts';
import { staffWords } from './store.ts';
import { ASIDE, MACHINE_OF_THING, stateName } from './things.ts';
import { movesFrom, whyNot } from './whomay.ts';

/** Where the reader can do nothing: who can, and what. */
export function ByOthers({ f }: { f: OpenFile }) {
  const w = staffWords.value.steps;
  if (f.moves.outside) return <p class="empty">{w.outside}</p>;
  const onward = movesFrom(MACHINE_OF_THING[f.thing], f.moves.status).filter((m) => !ASIDE.includes(m.to));
  if (onward.length === 0) return <p class="empty">{w.ended}</p>;
  return (
    <div class="empty">
      <p>{w.none}</p>
      <ul>
        {onward.map((m) => (
          <li key={m.to} data-other={m.to}>
            {w.byRoles(stateName(f.thing, m.to, lang.value), roleNames(m.roles))}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Says why the step that a link asked for is not among the next ones; gone when the thing has moved on. */
export function NotOffered({ f }: { f: OpenFile }) {
  const asked = useRef({ to: askedFor('move'), version: f.version });
  const { to, version } = asked.current;
  if (to === '' || version !== f.version) return null;
  const text = notOfferedText(f, to);
  return text === '' ? null : (
    <p class="step-missing" role="status">
      {text}
    </p>
  );
}

function notOfferedText(f: OpenFile, to: string): string {
  const w = staffWords.value.steps;
  const machine = MACHINE_OF_THING[f.thing];
  const name = stateName(f.thing, to, lang.value);
  const { status, outside = false, moves } = f.moves;
  switch (whyNot(to, { status, outside, offered: (moves ?? []).map((m) => m.to) }, machine)) {
    case 'offered':
      return '';
    case 'there':
      return w.there(name);
    case 'outside':
      return w.outside;
    case 'role':
      return w.byRoles(name, roleNames(movesFrom(machine, status).find((m) => m.to === to)?.roles ?? []));
    case 'none':
      return w.noWay(stateName(f.thing, status, lang.value), name);
  }
}

function roleNames(roles: readonly string[]): string {
  const names: Record<string, string> = words.value.roles;
  return roles.map((r) => names[r] ?? r).join(lang.value === 'en' ? ', ' : '、');
}
