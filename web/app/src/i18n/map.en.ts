import type { MapWords } from './map.zh.ts';

/** Words over the map in English. */
export const mapEn: MapWords = {
  filter: {
    active: 'Filter in force',
    remove: 'Take this condition away',
    clear: 'Clear all',
  },
  places: {
    notations: {
      wgs84: 'WGS 84 / CGCS2000',
      gcj02: 'GCJ-02 (Amap, Tencent)',
      bd09: 'BD-09 (Baidu)',
      zone3: '3-degree zone',
      zone6: '6-degree zone',
    },
    zone: (n) => `no. ${n}`,
  },
  tools: {
    bar: 'Map tools',
    open: 'Tools',
    names: {
      filter: 'Filter',
      table: 'Table',
      measure: 'Measure',
      select: 'Select',
      remains: 'Remains',
      compare: 'Compare',
      print: 'Print',
      share: 'Share',
      overlays: 'Layers',
    },
    loading: 'Opening…',
    failed: 'The tool could not be opened. Check the connection and try again.',
  },
  time: {
    open: 'Time: see past states',
    close: 'Close the time line, back to today',
    closeArchive: 'Close the time line, back to the day of the archive',
    title: 'Time line',
    slider: 'Date',
    day: 'Choose a day',
    play: 'Play',
    pause: 'Pause',
    back: 'A month back',
    forth: 'A month on',
    today: 'Today',
    none: 'What is in sight has no recorded history to look back on.',
    cells: 'Summary cells know only the present; zoom in to the parcels to look back.',
    shape: "Today's boundaries, coloured by the state of that day.",
  },
  archive: {
    title: 'Archived map',
    named: (name) => `Archived map: ${name}`,
    at: (day) => `as of the end of ${day}`,
    made: (moment) => `as made on ${moment}`,
    unknown: (name) =>
      `There is no archived map called “${name}”. It may have been taken away, or the link is wrong.`,
  },
  cell: {
    cover: (percent) => `${percent} of the cell's ground`,
    both: (mu, n) => `${mu} mu · ${n} ${n === '1' ? 'parcel' : 'parcels'}`,
    land: (mu) => `${mu} mu`,
  },
};
