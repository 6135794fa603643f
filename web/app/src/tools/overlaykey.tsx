import '../styles/overlays.css';
import { shownColour, titleOf } from '../map/overlaylook.ts';
import type { Overlay } from '../map/overlaylook.ts';
import { here, known } from '../map/overlaystate.ts';
import { go, lang, theme, view } from '../store/view.ts';
import type { Theme } from '../url.ts';
import { Icon } from '../ui/icons.tsx';
import { toolsWords } from './words.ts';

/** An overlay as the map draws it in the theme, or in one that is named. */
export function OverlaySwatch({ overlay, on = theme.value }: { overlay: Overlay; on?: Theme }) {
  return (
    <span
      class={`over-swatch over-${overlay.kind}`}
      style={{ '--over': shownColour(overlay.colour, on) }}
      aria-hidden="true"
    />
  );
}

/** What lies at a place, in words. */
export function HereList() {
  const w = toolsWords.value.overlays;
  if (here.value?.length === 0) return <p>{w.nothing}</p>;
  return (
    <ul class="over-here">
      {here.value?.map((h) => (
        <li key={`${h.overlay.name}/${h.zh}/${h.en}`}>
          <OverlaySwatch overlay={h.overlay} />
          <span>
            <strong>{(lang.value === 'en' ? h.en || h.zh : h.zh || h.en) || w.unnamed}</strong>
            <span class="soft">{titleOf(h.overlay, lang.value)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The card that names the layers where the map was clicked. The open list of layers tells the same. */
export function OverlayCard() {
  const w = toolsWords.value;
  if (!here.value || view.value.tool === 'overlays') return null;
  const close = () => {
    here.value = null;
  };
  return (
    <section class="over-card" aria-label={w.overlays.here}>
      <div role="status">
        <HereList />
      </div>
      <button type="button" class="quiet square" aria-label={w.close} onClick={close}>
        <Icon name="close" />
      </button>
    </section>
  );
}

/** The legend's rows of what is laid over the map; unless they are fixed, each can be taken off there. */
export function OverlayLegend({ fixed = false }: { fixed?: boolean }) {
  const w = toolsWords.value.overlays;
  const { over } = view.value;
  const rows = over.flatMap(({ name }) => known.value?.find((o) => o.name === name) ?? []);
  if (rows.length === 0) return null;
  return (
    <div class="over-legend">
      <ul aria-label={w.legend}>
        {rows.map((o) => (
          <li key={o.name} data-overlay={o.name}>
            <OverlaySwatch overlay={o} />
            <span class="legend-name">{titleOf(o, lang.value)}</span>
            {!fixed && (
              <button
                type="button"
                class="quiet square"
                aria-label={w.away(titleOf(o, lang.value))}
                onClick={() => go({ over: view.value.over.filter((x) => x.name !== o.name) })}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
