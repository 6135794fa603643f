import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isAbort } from '../api.ts';
import { flyTo } from '../store/camera.ts';
import { api, asProblem, problemText } from '../store/server.ts';
import { go, select, view, words } from '../store/view.ts';
import type { Hit } from '../types.ts';
import { Icon } from './icons.tsx';
import { Swatch } from './swatch.tsx';
import { MACHINE_OF, statusOf } from '../catalogue.ts';

const WAIT_MS = 160;

/** One box for codes and names; "/" comes here from anywhere. */
export function SearchBox() {
  const w = words.value.search;
  const input = useRef<HTMLInputElement>(null);
  const hits = useSignal<readonly Hit[] | null>(null);
  const error = useSignal('');
  const open = useSignal(false);
  const at = useSignal(-1);
  const q = useComputed(() => view.value.q);

  useSignalEffect(() => {
    const text = q.value.trim();
    hits.value = null;
    error.value = '';
    at.value = -1;
    if (text === '') return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        hits.value = await api.search(text, stop.signal);
      } catch (err) {
        if (!isAbort(err)) error.value = problemText(asProblem(err));
      }
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  });

  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const typing = e.target instanceof Element && e.target.closest('input, textarea, select');
      if (e.key !== '/' || typing || e.ctrlKey || e.metaKey || e.altKey) return;
      e.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const choose = (hit: Hit) => {
    open.value = false;
    go(hit.collection === 'buildings' ? {} : { tab: hit.collection });
    select({ collection: hit.collection, code: hit.code });
    if (hit.bbox) flyTo(hit.bbox);
  };

  const onKeyDown = (e: KeyboardEvent) => {
    const found = hits.value ?? [];
    if (e.key === 'Escape') {
      e.stopPropagation();
      if (open.value) open.value = false;
      else go({ q: '' });
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      open.value = true;
      const step = e.key === 'ArrowDown' ? 1 : -1;
      if (found.length > 0) at.value = (at.value + step + found.length) % found.length;
    } else if (e.key === 'Enter') {
      const hit = found[Math.max(0, at.value)];
      if (hit) choose(hit);
    }
  };

  const shown = open.value && q.value.trim() !== '' && (hits.value !== null || error.value !== '');
  const active = shown && at.value >= 0 ? `hit-${at.value}` : undefined;
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={w.label}
        aria-expanded={shown}
        aria-controls="hits"
        aria-autocomplete="list"
        {...(active ? { 'aria-activedescendant': active } : {})}
        placeholder={w.placeholder}
        autocomplete="off"
        spellcheck={false}
        maxLength={100}
        value={q.value}
        onInput={(e) => {
          go({ q: e.currentTarget.value });
          open.value = true;
        }}
        onFocus={() => {
          open.value = true;
        }}
        onBlur={() => {
          open.value = false;
        }}
        onKeyDown={onKeyDown}
      />
      {q.value === '' ? (
        <span class="key wide-only" aria-hidden="true">
          /
        </span>
      ) : (
        <button type="button" class="quiet square small" aria-label={w.clear} onClick={() => go({ q: '' })}>
          <Icon name="close" />
        </button>
      )}
      <div id="hits" class="hits" role="listbox" aria-label={w.label} hidden={!shown}>
        {(hits.value ?? []).map((hit, i) => (
          <HitRow
            key={`${hit.collection}/${hit.code}`}
            hit={hit}
            index={i}
            active={i === at.value}
            choose={choose}
          />
        ))}
        {shown && hits.value?.length === 0 && (
          <div class="hit none" role="option" aria-selected="false" aria-disabled="true" tabIndex={-1}>
            {w.none}
          </div>
        )}
        {shown && error.value !== '' && (
          <div class="hit none" role="option" aria-selected="false" aria-disabled="true" tabIndex={-1}>
            {error.value}
          </div>
        )}
      </div>
      <span class="unseen" aria-live="polite">
        {shown && hits.value ? w.count(hits.value.length) : ''}
      </span>
    </search>
  );
}

interface HitRowProps {
  hit: Hit;
  index: number;
  active: boolean;
  choose: (hit: Hit) => void;
}

function HitRow({ hit, index, active, choose }: HitRowProps) {
  const status = statusOf(MACHINE_OF[hit.collection], hit.status);
  return (
    <div
      id={`hit-${index}`}
      class={active ? 'hit active' : 'hit'}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      onMouseDown={(e) => {
        e.preventDefault();
        choose(hit);
      }}
    >
      {status && <Swatch look={status} />}
      <span class="hit-name">{hit.name || hit.code}</span>
      <span class="hit-kind">
        {words.value.things[hit.collection]} {hit.name ? hit.code : ''}
      </span>
    </div>
  );
}
