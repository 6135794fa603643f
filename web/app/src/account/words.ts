import { computed } from '@preact/signals';
import { accountEn } from '../i18n/account.en.ts';
import { type AccountWords, accountZh } from '../i18n/account.zh.ts';
import { lang } from '../store/view.ts';

/** The words of one's own account in the reader's language. */
export const accountWords = computed<AccountWords>(() => (lang.value === 'en' ? accountEn : accountZh));
