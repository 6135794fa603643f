import { degrees, metresPerPixel, scaleBar } from '../format.ts';
import { archiveAsked } from '../store/archive.ts';
import { leftOut, mapTrouble, pointerAt } from '../store/camera.ts';
import { liveState, revision } from '../store/live.ts';
import { district, fmt, staff } from '../store/server.ts';
import { view, words } from '../store/view.ts';

const BAR_ROOM = 100;

/** Where the pointer is, how large things are, how fresh the data is. */
export function StatusBar() {
  const w = words.value.status;
  const d = district.value;
  const at = pointerAt.value ?? view.value.camera;
  const external = d?.base_map?.kind ? d.base_map.attribution : '';
  return (
    <footer class="statusbar">
      <LiveDot />
      {staff.value && revision.value > 0 && (
        <span class="wide-only">{w.revision(fmt.value.int(revision.value))}</span>
      )}
      {mapTrouble.value !== '' && <span class="trouble">{mapTrouble.value}</span>}
      {leftOut.value > 0 && <span class="left-out">{w.leftOut(fmt.value.int(leftOut.value))}</span>}
      <span class="spring" />
      {external && <span class="attribution">{external}</span>}
      {d?.approval_no && (
        <span>
          {w.approval} {d.approval_no}
        </span>
      )}
      {at && (
        <span class="wide-only coordinates">
          <span class="unseen">{w.coordinates} </span>
          {degrees(at.lat, at.lng)}
        </span>
      )}
      <Scale />
    </footer>
  );
}

function LiveDot() {
  const w = words.value.status;
  const { kind, since } = liveState.value;
  const stale = kind === 'stale' && since;
  const still = kind === 'live' && archiveAsked.value !== null;
  const text = stale
    ? w.stale(fmt.value.moment(since.toISOString()))
    : kind === 'stale'
      ? w.reconnecting
      : still
        ? w.listsLive
        : w[kind];
  return (
    <span class={`live ${kind}`} data-live={kind}>
      <span class="live-dot" aria-hidden="true" />
      {text}
    </span>
  );
}

function Scale() {
  const camera = view.value.camera;
  if (!camera) return null;
  const { metres, pixels } = scaleBar(metresPerPixel(camera.zoom, camera.lat), BAR_ROOM);
  const text = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  return (
    <span class="scale wide-only">
      <span class="unseen">{words.value.status.scale} </span>
      {text}
      <span class="scale-bar" style={{ width: `${pixels}px` }} aria-hidden="true" />
    </span>
  );
}
