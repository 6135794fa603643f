import type { MapWords } from './map.zh.ts';

/** Words over the map in English. */
export const mapEn: MapWords = {
  time: {
    open: 'Time: see past states',
    close: 'Close the time line, back to today',
    title: 'Time line',
    slider: 'Date',
    play: 'Play',
    pause: 'Pause',
    back: 'A month back',
    forth: 'A month on',
    today: 'Today',
    none: 'What is in sight has no recorded history to look back on.',
    cells: 'Summary cells know only the present; zoom in to the parcels to look back.',
    shape: "Today's boundaries, coloured by the state of that day.",
  },
  cell: {
    cover: (percent) => `${percent} of the cell's ground`,
    both: (mu, n) => `${mu} mu · ${n} ${n === '1' ? 'parcel' : 'parcels'}`,
    land: (mu) => `${mu} mu`,
  },
};
