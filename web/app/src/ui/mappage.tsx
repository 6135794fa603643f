import '../styles/maptools.css';
import '../styles/stage.css';
import '../styles/panel.css';
import '../styles/legend.css';
import '../styles/sheet.css';
import '../styles/drawer.css';
import { useEffect } from 'preact/hooks';
import { archiveAsked } from '../store/archive.ts';
import { startLive } from '../store/live.ts';
import { startMatches } from '../store/matches.ts';
import { startPast } from '../store/past.ts';
import { loadSummary, staff, summary } from '../store/server.ts';
import { words } from '../store/view.ts';
import { Drawer } from './drawer.tsx';
import { Figures } from './figures.tsx';
import { Legend } from './legend.tsx';
import { LineDown } from './linedown.tsx';
import { ListPanel } from './list.tsx';
import { MapCanvas } from './mapcanvas.tsx';
import { MapTools } from './maptools.tsx';
import { SheetHandle, sheetStop } from './sheet.tsx';
import { StatusBar } from './statusbar.tsx';
import { wide } from './wide.ts';
import { TopBar } from './topbar.tsx';

let live = false;

/** The map with its list, its legend and the drawer of what is selected. */
export function MapPage() {
  useEffect(() => {
    void loadSummary();
    if (!live) startLive();
    if (!live) startMatches();
    if (!live) startPast();
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
      <TopBar>
        <MapTools />
      </TopBar>
      <main class="stage">
        <h1 class="unseen">{words.value.nav.map}</h1>
        <section class="panel" aria-label={words.value.panel} data-stop={sheetStop.value}>
          <SheetHandle summaryLine />
          {wide.value ? (
            <>
              <Figures />
              <ListPanel />
              <Legend />
            </>
          ) : (
            <>
              <ListPanel />
              <details class="fold">
                <summary>{words.value.legendAndFigures}</summary>
                <Legend />
                <Figures />
              </details>
            </>
          )}
        </section>
        <div class="map-region">
          <MapCanvas key={archiveAsked.value ?? ''} />
          <LineDown />
          <NothingYet />
        </div>
        <Drawer />
      </main>
      <StatusBar />
    </div>
  );
}

/** An instance without anything to be seen says so, and where more may be. */
function NothingYet() {
  const w = words.value;
  const s = summary.value;
  if (!s || staff.value || s.areas.total + s.parcels.total + s.projects.total > 0) return null;
  return (
    <div class="map-word nothing" role="status">
      <strong>{w.nothingYet}</strong>
      <span>{w.nothingSignIn}</span>
      <a class="primary" href="/signin">
        {w.sign.in}
      </a>
    </div>
  );
}
