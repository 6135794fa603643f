import { homeBox, room } from '../map/home.ts';
import type { MapView } from '../map/mapview.ts';
import { words } from '../store/view.ts';
import { MapIcon } from './mapicons.tsx';

/** Buttons that every map has: nearer, further, and the whole district. */
export function ZoomButtons({ map }: { map: MapView }) {
  const w = words.value;
  return (
    <>
      <button type="button" aria-label={w.zoomIn} title={w.zoomIn} onClick={() => map.zoomBy(1)}>
        <MapIcon name="plus" />
      </button>
      <button type="button" aria-label={w.zoomOut} title={w.zoomOut} onClick={() => map.zoomBy(-1)}>
        <MapIcon name="minus" />
      </button>
      <button
        type="button"
        aria-label={w.wholeDistrict}
        title={w.wholeDistrict}
        onClick={() => {
          const all = homeBox();
          if (all) map.fit(all, room(), 20);
        }}
      >
        <MapIcon name="home" />
      </button>
    </>
  );
}
