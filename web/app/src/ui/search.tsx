import { signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isAbort } from '../api.ts';
import type { LngLat } from '../coords/ellipsoid.ts';
import type { Reading } from '../coords/parse.ts';
import { degrees } from '../format.ts';
import { mapWords } from '../map/words.ts';
import { flyTo, pin } from '../store/camera.ts';
import { api, asProblem, district, problemText } from '../store/server.ts';
import { go, select, view, words } from '../store/view.ts';
import type { Hit } from '../types.ts';
import { Icon } from './icons.tsx';
import { MapIcon } from './mapicons.tsx';
import { notice } from './notice.tsx';
import { Swatch } from './swatch.tsx';
import { MACHINE_OF, statusOf } from '../catalogue.ts';

const WAIT_MS = 160;

/** One box for codes, names and coordinates; "/" comes here from anywhere. */
export function SearchBox() {
  const w = words.value.search;
  const input = useRef<HTMLInputElement>(null);
  const hits = useSignal<readonly Hit[] | null>(null);
  const error = useSignal('');
  const open = useSignal(false);
  const at = useSignal(-1);
  const q = useComputed(() => view.value.q);
  // A pair of coordinates needs no server.
  const places = useComputed(() => reader.value?.(q.value, middle()) ?? []);
  useSignalEffect(() => {
    // What reads coordinates comes with the first text that may be some.
    if (!reader.value && (q.value.normalize('NFKC').match(/\d/g)?.length ?? 0) >= 4) void getReader();
  });

  // The readings move with the map; what is chosen among them stays.
  const isPlace = useComputed(() => places.value.length > 0);
  useSignalEffect(() => {
    const text = isPlace.value ? '' : q.value.trim();
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

  const goThere = ({ at: { lng, lat } }: Reading) => {
    open.value = false;
    // The drawer of what was selected elsewhere would stay over the place.
    select(null);
    pin.value = { lng, lat };
    flyTo([lng, lat, lng, lat]);
  };
  useSignalEffect(() => {
    if (q.value === '') pin.value = null;
  });

  const choose = (hit: Hit) => {
    open.value = false;
    go(hit.collection === 'buildings' ? {} : { tab: hit.collection });
    select({ collection: hit.collection, code: hit.code });
    if (hit.bbox) flyTo(hit.bbox);
  };

  const onKeyDown = (e: KeyboardEvent) => {
    const found = [...places.value, ...(hits.value ?? [])];
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
      if (hit && 'notation' in hit) goThere(hit);
      else if (hit) choose(hit);
    }
  };

  const known = places.value.length > 0 || hits.value !== null || error.value !== '';
  const shown = open.value && q.value.trim() !== '' && known;
  const active = shown && at.value >= 0 ? `hit-${at.value}` : undefined;
  return (
    <search class="search">
      <MapIcon name="search" />
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
        {places.value.map((place, i) => (
          <PlaceRow
            key={`${place.notation}/${place.zone?.number ?? ''}`}
            place={place}
            index={i}
            active={i === at.value}
            choose={goThere}
          />
        ))}
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
        {shown ? w.count(places.value.length + (hits.value?.length ?? 0)) : ''}
      </span>
    </search>
  );
}

type Reader = (text: string, near: LngLat) => readonly Reading[];

const reader = signal<Reader | null>(null);

async function getReader(): Promise<void> {
  try {
    const { readings } = await import('../coords/parse.ts');
    reader.value = readings;
  } catch (err) {
    notice.value = problemText(asProblem(err));
  }
}

// Where an easting without its zone is taken to be.
function middle(): LngLat {
  const box = district.value?.bounds ?? district.value?.frame;
  return box ? { lng: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 } : { lng: 114, lat: 30 };
}

interface PlaceRowProps {
  place: Reading;
  index: number;
  active: boolean;
  choose: (place: Reading) => void;
}

function PlaceRow({ place, index, active, choose }: PlaceRowProps) {
  const w = mapWords.value.places;
  const zone = place.zone ? ` ${w.zone(place.zone.number)}` : '';
  return (
    <div
      id={`hit-${index}`}
      class={active ? 'hit active' : 'hit'}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      data-notation={place.notation}
      onMouseDown={(e) => {
        e.preventDefault();
        choose(place);
      }}
    >
      <MapIcon name="target" />
      <span class="hit-name">{`${w.notations[place.notation]}${zone}`}</span>
      <span class="hit-kind">{degrees(place.at.lat, place.at.lng)}</span>
    </div>
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
