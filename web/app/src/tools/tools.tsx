import '../styles/tools.css';
import '../styles/tooltable.css';
import '../styles/twodays.css';
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { MapView } from '../map/mapview.ts';
import { go, view } from '../store/view.ts';
import { Icon } from '../ui/icons.tsx';
import type { Tool } from '../url.ts';
import { CompareTool } from './compare.tsx';
import { FilterTool } from './filtertool.tsx';
import { MeasureTool } from './measure.tsx';
import { OverlaysTool } from './overlays.tsx';
import { PrintTool } from './print.tsx';
import { RemainsTool } from './remains.tsx';
import { SelectTool } from './select.tsx';
import { ShareTool } from './share.tsx';
import { TableTool } from './table.tsx';
import { toolsWords } from './words.ts';

export interface ToolProps {
  readonly map: MapView;
}

const PLAIN: Partial<Record<Tool, ComponentType>> = {
  filter: FilterTool,
  table: TableTool,
  remains: RemainsTool,
  share: ShareTool,
};

/** Tools that do with a map what they can, and without one the rest. */
const EITHER: Partial<Record<Tool, ComponentType<{ map: MapView | null }>>> = {
  print: PrintTool,
  overlays: OverlaysTool,
};

/** Tools that are nothing without a map. */
const ON_MAP: Partial<Record<Tool, ComponentType<ToolProps>>> = {
  measure: MeasureTool,
  select: SelectTool,
  compare: CompareTool,
};

/** The tool that is open. */
export function ToolPanel({ map }: { map: MapView | null }) {
  const { tool } = view.value;
  if (!tool) return null;
  const Plain = PLAIN[tool];
  const OnMap = ON_MAP[tool];
  const Either = EITHER[tool];
  const body = Plain ? <Plain /> : Either ? <Either map={map} /> : OnMap && map ? <OnMap map={map} /> : null;
  return (
    body && (
      <Frame key={tool} tool={tool}>
        {body}
      </Frame>
    )
  );
}

function Frame({ tool, children }: { tool: Tool; children: ComponentChildren }) {
  const box = useRef<HTMLElement>(null);
  const w = toolsWords.value;
  const close = () => {
    go({ tool: null });
    document.querySelector<HTMLElement>(`.toolbar [data-tool="${tool}"], .toolbar .tool`)?.focus();
  };
  useEffect(() => {
    box.current?.focus();
  }, []);
  return (
    <section
      ref={box}
      class={`tool-panel tool-${tool}`}
      aria-labelledby="tool-title"
      tabIndex={-1}
      onKeyDown={(e) => {
        if (e.key !== 'Escape') return;
        e.stopPropagation();
        close();
      }}
    >
      <header class="tool-head">
        <h2 id="tool-title">{w.titles[tool]}</h2>
        <button type="button" class="quiet square" aria-label={w.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </section>
  );
}
