import '../styles/mapover.css';
import { useSignal, useSignalEffect } from '@preact/signals';
import type { MapView } from '../map/mapview.ts';
import { mapWords } from '../map/words.ts';
import { overlayCard } from '../store/overlays.ts';
import { go, view } from '../store/view.ts';
import { ArchiveBanner } from './archivebanner.tsx';
import { CellCard } from './cellcard.tsx';
import { TimeBar } from './timebar.tsx';
import { ToolBar } from './toolbar.tsx';
import { ZoomButtons } from './zoombuttons.tsx';

/** What lies over the map once it stands: its buttons, the time line, and the card of a cell. */
export function MapOver({ map }: { map: MapView }) {
  const opened = useSignal<'no' | 'link' | 'button'>('no');
  const o = mapWords.value;
  const Overlays = overlayCard.value;
  const timed = opened.value !== 'no';
  // A link to a day opens the time line; back at today it stays until it is closed.
  useSignalEffect(() => {
    if (view.value.date !== null && opened.peek() === 'no') opened.value = 'link';
  });
  const close = () => {
    opened.value = 'no';
    go({ date: null });
  };
  return (
    <>
      <div class="map-buttons">
        <ZoomButtons map={map} />
        <button
          type="button"
          class="time-button"
          aria-label={o.time.open}
          title={o.time.open}
          aria-expanded={timed}
          onClick={() => {
            if (timed) close();
            else opened.value = 'button';
          }}
        >
          <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 1.500" />
          </svg>
        </button>
      </div>
      {timed && <TimeBar map={map} words={o.time} close={close} focus={opened.value === 'button'} />}
      <ToolBar map={map} />
      <ArchiveBanner />
      <CellCard words={o.cell} />
      {Overlays && <Overlays />}
    </>
  );
}
