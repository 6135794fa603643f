import { useEffect, useRef } from 'preact/hooks';
import { fileHref, goTo } from '../store/route.ts';
import { api } from '../store/server.ts';
import { Form } from '../ui/form.tsx';
import { today } from './days.ts';
import { given, type Values } from './formvalues.ts';
import { zone } from './speech.ts';
import { forms, staffWords } from './store.ts';
import { isThing } from './things.ts';
import type { FileEvent, InputField } from './types.ts';

// A name that no item's values have.
const ON = 'item:on';

/** The form that makes an item of a collection, and opens its file. */
export function NewItem(p: {
  collection: string;
  title: string;
  label: string;
  /** What is known already, by input. */
  start?: Values;
  close(): void;
  /** Where to go when it is made; otherwise to its file. */
  done?(code: string): void;
}) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, []);
  const submit = async (values: Values, key: string) => {
    const { [ON]: on, ...rest } = given(values);
    const event = await api.write<FileEvent & { code: string }>(
      'POST',
      `/api/collections/${p.collection}/items`,
      { values: rest, ...(on && on !== today(zone()) ? { on } : {}) },
      { key },
    );
    if (p.done) p.done(event.code);
    else goTo(fileHref(p.collection, event.code));
  };
  return (
    <section ref={box} class="box new-item" aria-label={p.title}>
      <div class="box-head">
        <h2>{p.title}</h2>
      </div>
      <Form inputs={createInputs(p.collection, p.start)} label={p.label} submit={submit} cancel={p.close} />
    </section>
  );
}

function createInputs(collection: string, start: Values = {}): readonly InputField[] {
  const inputs = forms.value?.collections.find((c) => c.id === collection)?.create ?? [];
  const known = inputs.map((i) => (start[i.name] ? { ...i, value: start[i.name] ?? '' } : i));
  if (!isThing(collection)) return known;
  // Its later steps may be dated back as far as this day.
  const { since } = staffWords.value.file;
  return [...known, { name: ON, type: 'date', zh: since, en: since, value: today(zone()), required: true }];
}
