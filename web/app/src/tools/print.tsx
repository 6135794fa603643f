import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { MapView } from '../map/mapview.ts';
import { toolsWords } from './words.ts';

/** The print sheet. What it is made of is read when it is first opened, apart from the other tools. */
export function PrintTool({ map }: { map: MapView | null }) {
  const panel = useSignal<ComponentType<{ map: MapView | null }> | null>(null);
  const failed = useSignal(false);
  const load = async () => {
    failed.value = false;
    try {
      const { PrintPanel } = await import('../print/panel.tsx');
      panel.value = PrintPanel;
    } catch {
      failed.value = true;
    }
  };
  useEffect(() => void load(), []);
  const w = toolsWords.value;
  const Panel = panel.value;
  if (Panel) return <Panel map={map} />;
  return (
    <div class="tool-body">
      {failed.value ? (
        <button type="button" class="plain" onClick={load}>
          {w.retry}
        </button>
      ) : (
        <p class="hint" role="status">
          {w.loading}
        </p>
      )}
    </div>
  );
}
