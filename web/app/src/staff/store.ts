import { computed, signal } from '@preact/signals';
import type { Problem } from '../api.ts';
import { staffEn } from '../i18n/staff.en.ts';
import { type StaffWords, staffZh } from '../i18n/staff.zh.ts';
import { api, asProblem } from '../store/server.ts';
import { lang } from '../store/view.ts';
import type { CollectionField, CollectionInfo, Forms } from './types.ts';

/** The words of the staff's pages in the reader's language. */
export const staffWords = computed<StaffWords>(() => (lang.value === 'en' ? staffEn : staffZh));

/** The catalogue of forms, records and deeds; null until it came. */
export const forms = signal<Forms | null>(null);
export const collections = signal<readonly CollectionInfo[]>([]);
export const formsError = signal<Problem | null>(null);

/** Says whether the reader may do something; false until the catalogue came. */
export function may(deed: string): boolean {
  return forms.value?.deeds.includes(deed) ?? false;
}

/** Says whether the reader may correct items of a collection and write their files. */
export function writes(collection: string): boolean {
  return forms.value?.collections.find((c) => c.id === collection)?.write ?? false;
}

/** The properties of a collection, in the order in which they are shown. */
export function fieldsOf(collection: string): readonly CollectionField[] {
  return collections.value.find((c) => c.id === collection)?.fields ?? [];
}

/** Reads what every staff page needs. */
export async function loadForms(): Promise<void> {
  formsError.value = null;
  try {
    const [f, c] = await Promise.all([
      api.read<Forms>('/api/forms'),
      api.read<{ collections: CollectionInfo[] }>('/api/collections'),
    ]);
    collections.value = c.collections;
    forms.value = f;
  } catch (err) {
    formsError.value = asProblem(err);
  }
}
