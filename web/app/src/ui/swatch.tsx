import type { LegendRow } from '../catalogue.ts';
import { inkOn, MACHINE_OF, nameOf, statusOf } from '../catalogue.ts';
import { COLOURS, type CollectionName, type MachineName } from '../catalogue.gen.ts';
import { lateDays } from '../listorder.ts';
import { fmt } from '../store/server.ts';
import { lang, theme, words } from '../store/view.ts';
import type { Item } from '../types.ts';

type Look = Pick<LegendRow, 'token' | 'hatch' | 'outline' | 'badge'>;

/** A status as the map paints it: fill, hatch and outline, with its letter. */
export function Swatch({ look, letter = true }: { look: Look; letter?: boolean }) {
  const fill = COLOURS[look.token][theme.value];
  const ink = inkOn(fill);
  return (
    <span
      class={`swatch hatch-${look.hatch} outline-${look.outline}`}
      style={{ '--fill': fill, '--ink': ink }}
      aria-hidden="true"
      lang="zh-CN"
    >
      {letter && <span class="letter">{look.badge}</span>}
    </span>
  );
}

/** A status as swatch and word. */
export function StatusBadge({ collection, code }: { collection: CollectionName; code: string }) {
  return <MachineBadge machine={MACHINE_OF[collection]} code={code} />;
}

/** A state of a machine as swatch and word. */
export function MachineBadge({ machine, code }: { machine: MachineName; code: string }) {
  const status = statusOf(machine, code);
  if (!status) return <span class="badge">{code}</span>;
  return (
    <span class="badge">
      <Swatch look={status} />
      <span>{nameOf(status, lang.value)}</span>
    </span>
  );
}

/** How many days a thing is past its deadline, in words; nothing where it is not late. */
export function LateMark({ item }: { item: Item }) {
  const days = lateDays(item);
  return days > 0 ? <span class="late">{words.value.list.late(fmt.value.int(days))}</span> : null;
}
