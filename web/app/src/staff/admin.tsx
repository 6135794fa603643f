import type { ComponentType } from 'preact';
import { Accounts } from './accounts.tsx';
import { Calendar } from './calendar.tsx';
import { DeskTabs } from './desktabs.tsx';
import { Denied } from './denied.tsx';
import { desk } from './deskwords.ts';
import { Duties } from './duties.tsx';
import { filtersOf } from './filters.tsx';
import { Frame } from './frame.tsx';
import { Boards, Organisations, Persons } from './registers.tsx';
import { may } from './store.ts';
import { ThresholdsForm } from './thresholds.tsx';

type TabName = keyof typeof TABS;

// What each part takes, and what draws it.
const TABS = {
  organisations: { deed: 'keep_people', part: Organisations },
  persons: { deed: 'keep_people', part: Persons },
  duties: { deed: 'keep_people', part: Duties },
  boards: { deed: 'keep_people', part: Boards },
  calendar: { deed: 'keep_settings', part: Calendar },
  thresholds: { deed: 'keep_settings', part: ThresholdsForm },
  accounts: { deed: 'keep_accounts', part: Accounts },
} as const satisfies Record<string, { deed: string; part: ComponentType }>;

/** Administration: people and bodies, who answers for what, settings and accounts, as the reader's role has them. */
export function AdminPage() {
  const w = desk.value.admin;
  const own = (Object.keys(TABS) as TabName[]).filter((t) => may(TABS[t].deed));
  const asked = filtersOf(['tab']).tab;
  const at = own.find((t) => t === asked) ?? own[0];
  if (!at) return <Denied title={w.title} roles={['planner', 'leader', 'admin']} />;
  const Part = TABS[at].part;
  return (
    <Frame title={`${w.tabs[at]} · ${w.title}`}>
      <div class="desk list">
        <header class="desk-head">
          <h1>{w.title}</h1>
        </header>
        <DeskTabs
          label={w.label}
          at={at}
          tabs={own.map((t) => ({ name: t, href: `/admin?tab=${t}`, label: w.tabs[t] }))}
        />
        <Part key={at} />
      </div>
    </Frame>
  );
}
