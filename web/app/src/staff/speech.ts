import { district, fmt } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import { today } from './days.ts';
import { refName } from './refnames.ts';
import { fieldsOf, forms, staffWords } from './store.ts';
import { knownOptions, MACHINE_OF_THING, stateName, type ThingName } from './things.ts';
import type { Speech } from './timeline.ts';

/** The district's time zone. */
export function zone(): string {
  return district.value?.zone || 'Asia/Shanghai';
}

/** What the wording of one kind of thing knows, in the reader's language. */
export function speechOf(thing: ThingName): Speech {
  return {
    t: { lang: lang.value, words: words.value, fmt: fmt.value },
    w: staffWords.value,
    fields: fieldsOf(thing),
    kinds: forms.value?.records.filter((k) => k.of === MACHINE_OF_THING[thing]) ?? [],
    options: (name) => {
      const edit = forms.value?.collections.find((c) => c.id === thing)?.edit;
      const asked = edit?.find((i) => i.name === name)?.options;
      return asked?.length ? asked : knownOptions(name, MACHINE_OF_THING[thing]);
    },
    ref: refName,
    fileKinds: forms.value?.file_kinds ?? [],
    state: (code) => stateName(thing, code, lang.value),
    dayOf: (iso) => today(zone(), new Date(iso)),
  };
}
