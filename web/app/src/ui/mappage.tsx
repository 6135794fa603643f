import { useEffect } from 'preact/hooks';
import { startLive } from '../store/live.ts';
import { loadSummary } from '../store/server.ts';
import { words } from '../store/view.ts';
import { Drawer } from './drawer.tsx';
import { Figures } from './figures.tsx';
import { Legend } from './legend.tsx';
import { ListPanel } from './list.tsx';
import { MapCanvas } from './mapcanvas.tsx';
import { SheetHandle, sheetStop } from './sheet.tsx';
import { StatusBar } from './statusbar.tsx';
import { TopBar } from './topbar.tsx';

let live = false;

/** The map with its list, its legend and the drawer of what is selected. */
export function MapPage() {
  useEffect(() => {
    void loadSummary();
    if (!live) startLive();
    live = true;
  }, []);
  return (
    <div class="map-page">
      {/* A button and no link: the part after # is the view, and a jump would overwrite it. */}
      <button
        type="button"
        class="skip"
        onClick={() => {
          sheetStop.value = 'full';
          document.getElementById('list')?.focus();
        }}
      >
        {words.value.skipToList}
      </button>
      <TopBar withMap />
      <main class="stage">
        <section class="panel" aria-label={words.value.panel} data-stop={sheetStop.value}>
          <SheetHandle summaryLine />
          <Figures />
          <ListPanel />
          <Legend />
        </section>
        <div class="map-region">
          <MapCanvas />
        </div>
        <Drawer />
      </main>
      <StatusBar />
    </div>
  );
}
