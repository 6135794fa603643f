import '../styles/linedown.css';
import { liveState } from '../store/live.ts';
import { fmt } from '../store/server.ts';
import { words } from '../store/view.ts';

/** While the line to the server is down: since when what is shown stands still. */
export function LineDown() {
  const { kind, since } = liveState.value;
  if (kind !== 'stale' || !since) return null;
  return (
    <p class="line-down" role="status">
      {words.value.status.lineDown(fmt.value.moment(since.toISOString()))}
    </p>
  );
}
