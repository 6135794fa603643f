import { session } from '../store/server.ts';
import { words } from '../store/view.ts';
import { desk } from './deskwords.ts';
import { Frame } from './frame.tsx';

/** A page that the reader's role does not have: says so, who has it, and where to go on. */
export function Denied({ title, roles }: { title: string; roles: readonly string[] }) {
  const w = desk.value.denied;
  const names: Record<string, string> = words.value.roles;
  const role = session.value?.user?.role ?? '';
  const next = encodeURIComponent(`${location.pathname}${location.search}`);
  return (
    <Frame title={title}>
      <div class="desk">
        <header class="desk-head">
          <h1>{title}</h1>
        </header>
        <section class="box denied" role="alert">
          <p>
            <strong>{w.text}</strong>
          </p>
          <p>{w.why(names[role] ?? role, roles.map((r) => names[r] ?? r).join(w.and))}</p>
          <p class="denied-ways">
            <a class="primary" href="/work">
              {w.work}
            </a>
            <a class="second" href={`/signin?next=${next}`}>
              {w.other}
            </a>
          </p>
        </section>
      </div>
    </Frame>
  );
}
