import { nameOf } from '../catalogue.ts';
import { lang } from '../store/view.ts';
import { forms } from './store.ts';
import type { InputField, Option } from './types.ts';

/** The name of one of some options in the reader's language; a code that is none of them stands for itself. */
export function optionName(options: readonly Option[] | null | undefined, code: string): string {
  const found = options?.find((o) => o.code === code);
  return found ? nameOf(found, lang.value) : code;
}

/** An input of the form that makes or corrects items of a collection. */
export function inputOf(collection: string, name: string): InputField | undefined {
  const own = forms.value?.collections.find((c) => c.id === collection);
  return own?.edit?.find((i) => i.name === name) ?? own?.create?.find((i) => i.name === name);
}

/** The options of a coded value of a collection, as its form offers them. */
export function optionsOf(collection: string, name: string): readonly Option[] {
  return inputOf(collection, name)?.options ?? [];
}

/** Options as a filter offers them. */
export function named(options: readonly Option[]): readonly { code: string; label: string }[] {
  return options.map((o) => ({ code: o.code, label: nameOf(o, lang.value) }));
}
