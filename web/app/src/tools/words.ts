import { computed } from '@preact/signals';
import { toolsEn } from '../i18n/tools.en.ts';
import { type ToolsWords, toolsZh } from '../i18n/tools.zh.ts';
import { lang } from '../store/view.ts';

/** The words of the tools, in the reader's language. */
export const toolsWords = computed<ToolsWords>(() => (lang.value === 'en' ? toolsEn : toolsZh));
