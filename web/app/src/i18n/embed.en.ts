import type { EmbedWords } from './embed.zh.ts';

/** Words of the map in a frame of another site, in English. */
export const embedEn: EmbedWords = {
  open: 'Open the full map',
  openThing: 'Details',
  newWindow: ' (new window)',
  legend: 'Legend',
  legendClose: 'Close the legend',
  close: 'Close',
  by: 'Tengdi',
  noMap: 'This browser cannot draw the map; the full map has a list.',
};
