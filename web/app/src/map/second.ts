import { computed, effect, untracked } from '@preact/signals';
import { mapTrouble } from '../store/camera.ts';
import { connectMap } from '../store/live.ts';
import { matches } from '../store/matches.ts';
import { laidOnMap } from '../store/overlays.ts';
import { go, lang, select, theme, view, words } from '../store/view.ts';
import type { Day } from './days.ts';
import { landSource } from './landsource.ts';
import { MapView } from './mapview.ts';

const NO_ROOM = { top: 0, right: 0, bottom: 0, left: 0 };

/**
 * Puts a second map beside the first: the same land, drawn by the same rules, on another day. Both go
 * where the view goes. Resolves to what takes it away again.
 */
export async function openSecond(
  container: HTMLElement,
  first: MapView,
  day: () => Day,
  signal: AbortSignal,
): Promise<() => void> {
  const source = await landSource(signal);
  if (signal.aborted) return () => {};
  const camera = computed(() => view.value.camera);
  const nothing = () => {};
  const label = () => `${words.value.mapLabel} · ${day()}`;
  const second = new MapView(
    container,
    { ...first.options(), day: day() },
    source.versions,
    { camera: camera.peek(), box: null, room: NO_ROOM },
    label(),
    {
      moved: (to) => go({ camera: to }),
      picked: (sel) => select(sel),
      hovered: nothing,
      cell: nothing,
      pointer: nothing,
      notes: nothing,
      trouble: (message) => {
        mapTrouble.value = message;
      },
    },
  );
  await second.ready();
  const look = computed(() => JSON.stringify([theme.value, view.value.mode, lang.value, view.value.hide]));
  const chosen = computed(day);
  const ends = [
    effect(() => second.label(label())),
    effect(() => {
      if (camera.value) second.come(camera.value);
    }),
    effect(() => {
      void look.value;
      void matches.value;
      void laidOnMap.value;
      const on = chosen.value;
      // The first map has heard of it by then.
      untracked(() => queueMicrotask(() => second.restyle({ ...first.options(), day: on })));
    }),
    // Also on a past day: what changes now may have happened then.
    connectMap(second),
  ];
  return () => {
    for (const end of ends) end();
    second.remove();
  };
}
