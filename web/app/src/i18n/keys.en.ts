import type { KeyWords } from './keys.zh.ts';

/** Words of the sheet of shortcuts outside the desk, in English. */
export const keysEn: KeyWords = {
  title: 'Keyboard shortcuts',
  close: 'Close',
  sheet: 'Open this sheet',
  escape: 'Close the details, a menu or this sheet',
  tab: 'Tab goes through every button, link and field; the first of a page skips to its list or its content.',
  search: 'Search a code, a name or coordinates',
  pan: 'On the map: pan',
  zoom: 'On the map: zoom in and out',
  rows: 'In the list: the row above or below',
  month: 'On the time slider: a month back or forth; Page Up and Page Down a year',
};
