import { DeskTabs } from './desktabs.tsx';
import { Denied } from './denied.tsx';
import { desk } from './deskwords.ts';
import { filtersOf } from './filters.tsx';
import { Frame } from './frame.tsx';
import { AccessLog } from './accesslog.tsx';
import { ChainEnd } from './chainend.tsx';
import { EventLog } from './eventlog.tsx';
import { may } from './store.ts';

/** The log of the district: who did what, who read which household, and the end of the chain. */
export function AuditPage() {
  const w = desk.value.audit;
  if (!may('read_audit')) return <Denied title={w.title} roles={['supervisor', 'admin']} />;
  const reading = filtersOf(['tab']).tab === 'access';
  return (
    <Frame title={w.title}>
      <div class="desk list">
        <header class="desk-head">
          <h1>{w.title}</h1>
        </header>
        <ChainEnd />
        <DeskTabs
          label={w.label}
          at={reading ? 'access' : 'events'}
          tabs={[
            { name: 'events', href: '/audit', label: w.events },
            { name: 'access', href: '/audit?tab=access', label: w.access },
          ]}
        />
        {reading ? <AccessLog /> : <EventLog />}
      </div>
    </Frame>
  );
}
