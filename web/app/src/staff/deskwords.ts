import { computed } from '@preact/signals';
import { deskEn } from '../i18n/desk.en.ts';
import { type DeskWords, deskZh } from '../i18n/desk.zh.ts';
import { lang } from '../store/view.ts';

/** The words of lists, my work, administration and audit in the reader's language. */
export const desk = computed<DeskWords>(() => (lang.value === 'en' ? deskEn : deskZh));
