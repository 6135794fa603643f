import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { isAbort } from '../api.ts';
import { type Candidate, candidates, matching } from '../staff/candidates.ts';
import { staffWords } from '../staff/store.ts';
import { asProblem, problemText } from '../store/server.ts';

const WAIT_MS = 180;

interface RefBoxProps {
  id: string;
  name: string;
  collection: string;
  value: string;
  set: (code: string) => void;
  'aria-required'?: boolean;
  'aria-invalid'?: boolean;
  'aria-describedby'?: string;
}

/** A box for a code of a collection: type a code or a name, choose from what matches. */
export function RefBox({ id, collection, value, set, ...shared }: RefBoxProps) {
  const w = staffWords.value.form;
  const found = useSignal<readonly Candidate[]>([]);
  const open = useSignal(false);
  const asked = useSignal('');
  const at = useSignal(-1);
  const error = useSignal('');
  const named = useSignal('');
  const typed = useRef(false);

  useSignalEffect(() => {
    const text = asked.value;
    if (!open.value) return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        found.value = matching(await candidates(collection, text, stop.signal), text);
        at.value = -1;
        error.value = '';
      } catch (err) {
        if (!isAbort(err)) error.value = problemText(asProblem(err));
      }
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  });

  const choose = (c: Candidate) => {
    set(c.code);
    named.value = c.name;
    typed.current = false;
    open.value = false;
  };

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Escape' && open.value) {
      e.preventDefault();
      open.value = false;
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      open.value = true;
      const n = found.value.length;
      if (n > 0) at.value = (at.value + (e.key === 'ArrowDown' ? 1 : -1) + n) % n;
    } else if (e.key === 'Enter' && open.value && at.value >= 0) {
      const c = found.value[at.value];
      if (!c) return;
      e.preventDefault();
      choose(c);
    }
  };

  // A name that was typed whole is as good as its code.
  const settle = () => {
    open.value = false;
    const same = typed.current && found.value.filter((c) => c.name === value || c.code === value);
    if (same && same.length === 1 && same[0]) choose(same[0]);
  };

  const list = `${id}-list`;
  const active = open.value && at.value >= 0 ? `${list}-${at.value}` : undefined;
  return (
    <span class="refbox">
      <input
        {...shared}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        placeholder={w.lookUp}
        aria-expanded={open.value}
        aria-controls={list}
        aria-autocomplete="list"
        {...(active ? { 'aria-activedescendant': active } : {})}
        value={value}
        onFocus={() => {
          asked.value = value;
          // What is filled in already needs no list over what stands below it.
          open.value = value === '';
        }}
        onInput={(e) => {
          typed.current = true;
          named.value = '';
          set(e.currentTarget.value);
          asked.value = e.currentTarget.value;
          open.value = true;
        }}
        onBlur={settle}
        onKeyDown={onKeyDown}
      />
      {named.value !== '' && named.value !== value && <span class="ref-name">{named.value}</span>}
      <div id={list} class="hits" role="listbox" aria-label={w.lookUp} hidden={!open.value}>
        {found.value.map((c, i) => (
          <div
            key={c.code}
            id={`${list}-${i}`}
            class={i === at.value ? 'hit active' : 'hit'}
            role="option"
            tabIndex={-1}
            aria-selected={i === at.value}
            onMouseDown={(e) => {
              e.preventDefault();
              choose(c);
            }}
          >
            <span class="hit-name">{c.name || c.code}</span>
            <span class="hit-kind">{c.name ? c.code : ''}</span>
          </div>
        ))}
        {open.value && found.value.length === 0 && (
          <div class="hit none" role="option" aria-selected="false" aria-disabled="true" tabIndex={-1}>
            {error.value || w.lookNone}
          </div>
        )}
      </div>
    </span>
  );
}
