import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { api, asProblem, district, fmt, problemText } from '../store/server.ts';
import { desk } from './deskwords.ts';
import type { ChainHead } from './desktypes.ts';

/** The end of the log: whoever keeps it elsewhere can prove later that nothing before it was changed. */
export function ChainEnd() {
  const w = desk.value.audit.chain;
  const head = useSignal<ChainHead | null>(null);
  const error = useSignal<Problem | null>(null);
  const told = useSignal('');
  const read = async () => {
    error.value = null;
    try {
      head.value = await api.read<ChainHead>('/api/audit/head');
    } catch (err) {
      error.value = asProblem(err);
    }
  };
  useEffect(() => void read(), []);
  const copy = async (h: ChainHead) => {
    try {
      await navigator.clipboard.writeText(textOf(h));
      told.value = w.copied;
    } catch (err) {
      // Without https there is no clipboard; the file serves as well.
      if (!(err instanceof DOMException || err instanceof TypeError)) throw err;
      told.value = w.copyFailed;
    }
  };
  const h = head.value;
  return (
    <section class="box chain" aria-labelledby="chain-title" aria-busy={!h && !error.value}>
      <h2 id="chain-title">{w.title}</h2>
      <p class="hint">{w.what}</p>
      {error.value && <p role="alert">{problemText(error.value)}</p>}
      <dl class="chain-head">
        <div>
          <dt>{w.revision}</dt>
          <dd>{h ? fmt.value.int(h.revision) : <Awaited like="000,000" />}</dd>
        </div>
        <div>
          <dt>{w.event}</dt>
          <dd>{h ? fmt.value.int(h.event_id) : <Awaited like="000,000" />}</dd>
        </div>
        <div>
          <dt>{w.at}</dt>
          <dd>{h ? fmt.value.moment(h.at) : <Awaited like={fmt.value.moment('2000-01-01T00:00:00Z')} />}</dd>
        </div>
        <div class="hash">
          <dt>{w.hash}</dt>
          <dd>
            <code>{h ? h.hash : <Awaited like={'0'.repeat(64)} />}</code>
          </dd>
        </div>
      </dl>
      <p class="chain-do">
        <button type="button" class="second" disabled={!h} onClick={() => h && void copy(h)}>
          {w.copy}
        </button>
        <button type="button" class="second" disabled={!h} onClick={() => h && download(h)}>
          {w.download}
        </button>
        <span role="status" class="hint">
          {told.value}
        </span>
      </p>
    </section>
  );
}

// Keeps the room of a value that is still to come, so that nothing below moves.
function Awaited({ like }: { like: string }) {
  return (
    <span class="awaited" aria-hidden="true">
      {like}
    </span>
  );
}

function textOf(h: ChainHead): string {
  return `${JSON.stringify({ district: district.peek()?.code ?? '', ...h }, null, 2)}\n`;
}

function download(h: ChainHead): void {
  const url = URL.createObjectURL(new Blob([textOf(h)], { type: 'application/json' }));
  const a = document.createElement('a');
  a.href = url;
  a.download = `tengdi-chain-${h.revision}.json`;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
