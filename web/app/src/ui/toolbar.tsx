import '../styles/toolbar.css';
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { MapView } from '../map/mapview.ts';
import { mapWords } from '../map/words.ts';
import { archiveAsked } from '../store/archive.ts';
import { staff } from '../store/server.ts';
import { go, view } from '../store/view.ts';
import { TOOLS, type Tool } from '../url.ts';
import { wide } from './wide.ts';

const PATHS: Readonly<Record<Tool, string>> = {
  filter: 'M2 3.500h12L9.500 8.500v4l-3 1v-5z',
  table: 'M2.500 3h11v10h-11zM2.500 6.300h11M2.500 9.600h11M6.500 6.300V13',
  measure: 'M2 11 11 2l3 3-9 9zM5 8l1.500 1.500M7 6l2 2M9 4l1.500 1.500',
  select: 'M3 12 5 4l8-1-2 9zM3 12m-1 0h2v1h-2z',
  remains: 'M3 3.500h2v2H3zM7 4.500h6M3 9h2v2H3zM7 10h6',
  compare: 'M8 2v12M2.500 4h4v8h-4zM9.500 4h4v8h-4z',
  print: 'M4.500 6V2.500h7V6M4.500 11h-2V6h11v5h-2M4.500 9.500h7v4h-7z',
  share:
    'M4 9.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM12 5a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM12 14a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM5.300 7.300l5.400-3M5.300 8.700l5.400 3',
  overlays: 'M8 2.500 14 6 8 9.500 2 6zM2.500 9 8 12.500 13.500 9',
};

// What is done on the map needs one; the others are of use without one.
const DRAWN: readonly Tool[] = ['measure', 'select', 'compare'];

/** The tools that the reader has here: an archive has no rows, and what remains is for staff. */
function offered(map: MapView | null): readonly Tool[] {
  const off: readonly Tool[] = archiveAsked.value === null ? [] : ['filter', 'table', 'select', 'compare'];
  return TOOLS.filter(
    (t) => !off.includes(t) && (t !== 'remains' || staff.value) && (map !== null || !DRAWN.includes(t)),
  );
}

/** The bar of tools over the map, or over the word that there is none. A tool's own part is read when the first one is opened. */
export function ToolBar({ map }: { map: MapView | null }) {
  const w = mapWords.value.tools;
  const panel = useSignal<ComponentType<{ map: MapView | null }> | null>(null);
  const failed = useSignal(false);
  const unfolded = useSignal(false);
  const { tool } = view.value;
  const open = tool !== null && offered(map).includes(tool);
  const load = async () => {
    failed.value = false;
    try {
      const { ToolPanel } = await import('../tools/tools.tsx');
      panel.value = ToolPanel;
    } catch {
      failed.value = true;
    }
  };
  useEffect(() => {
    if (open && !panel.peek()) void load();
  }, [open]);
  const Panel = panel.value;
  const shown = wide.value || unfolded.value;
  // On a phone the filter's chips lie in the sheet: the button says that there are some.
  const kept = Object.keys(view.value.filter).length;
  return (
    <>
      <div class="toolbar" role="toolbar" aria-label={w.bar}>
        {!wide.value && (
          <button
            type="button"
            class="tool"
            aria-expanded={unfolded.value}
            onClick={() => {
              unfolded.value = !unfolded.value;
            }}
          >
            <ToolIcon path="M3 4h10M3 8h10M3 12h10" />
            <span>{w.open}</span>
            {kept > 0 && (
              <span class="tool-count">
                <span class="unseen">{mapWords.value.filter.active}</span> {kept}
              </span>
            )}
          </button>
        )}
        {shown &&
          offered(map).map((t) => (
            <button
              key={t}
              type="button"
              class="tool"
              data-tool={t}
              aria-pressed={tool === t}
              onClick={() => {
                unfolded.value = false;
                go({ tool: tool === t ? null : t });
              }}
            >
              <ToolIcon path={PATHS[t]} />
              <span>{w.names[t]}</span>
            </button>
          ))}
      </div>
      {open && Panel && <Panel map={map} />}
      {open && !Panel && (
        <p class="tool-word" role={failed.value ? 'alert' : 'status'}>
          {failed.value ? w.failed : w.loading}
        </p>
      )}
    </>
  );
}

function ToolIcon({ path }: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}
