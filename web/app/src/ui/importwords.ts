import { computed } from '@preact/signals';
import { importsEn } from '../i18n/imports.en.ts';
import { type ImportWords, importsZh } from '../i18n/imports.zh.ts';
import { lang } from '../store/view.ts';

/** The words of the import page in the reader's language. */
export const importWords = computed<ImportWords>(() => (lang.value === 'en' ? importsEn : importsZh));
