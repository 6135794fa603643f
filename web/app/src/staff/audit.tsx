import { desk } from './deskwords.ts';
import { filtersOf } from './filters.tsx';
import { Frame } from './frame.tsx';
import { AccessLog } from './accesslog.tsx';
import { ChainEnd } from './chainend.tsx';
import { EventLog } from './eventlog.tsx';

/** The log of the district: who did what, who read which household, and the end of the chain. */
export function AuditPage() {
  const w = desk.value.audit;
  const reading = filtersOf(['tab']).tab === 'access';
  return (
    <Frame title={w.title}>
      <div class="desk list">
        <header class="desk-head">
          <h1>{w.title}</h1>
        </header>
        <ChainEnd />
        <nav class="desk-tabs" aria-label={w.label}>
          <a href="/audit" {...(reading ? {} : { 'aria-current': 'page' })}>
            {w.events}
          </a>
          <a href="/audit?tab=access" {...(reading ? { 'aria-current': 'page' } : {})}>
            {w.access}
          </a>
        </nav>
        {reading ? <AccessLog /> : <EventLog />}
      </div>
    </Frame>
  );
}
