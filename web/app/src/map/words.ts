import { computed } from '@preact/signals';
import { mapEn } from '../i18n/map.en.ts';
import { type MapWords, mapZh } from '../i18n/map.zh.ts';
import { lang } from '../store/view.ts';

/** The words that come with the map, in the reader's language. */
export const mapWords = computed<MapWords>(() => (lang.value === 'en' ? mapEn : mapZh));
