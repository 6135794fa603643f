import { AreaBoxes } from './areaboxes.tsx';
import type { OpenFile } from './file.ts';
import { BuildingBoxes, HouseholdBoxes } from './homeboxes.tsx';
import { ParcelBoxes } from './parcelboxes.tsx';

/** What only files of this kind of thing show. */
export function Special({ f }: { f: OpenFile }) {
  switch (f.thing) {
    case 'areas':
      return <AreaBoxes f={f} />;
    case 'buildings':
      return <BuildingBoxes f={f} />;
    case 'households':
      return <HouseholdBoxes f={f} />;
    case 'parcels':
      return <ParcelBoxes f={f} />;
    default:
      return null;
  }
}
