import type { OffersMap } from '../map/offers.ts';
import type { Offer } from '../map/offerspots.ts';
import { w } from './words.ts';

type View = 'list' | 'split' | 'map';

let map: OffersMap | null = null;
let coming: Promise<void> | null = null;

function box(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-map]');
}

function current(): View {
  const said = new URLSearchParams(location.search).get('view');
  return said === 'split' || said === 'map' ? said : 'list';
}

function draw(view: View): void {
  document.querySelector<HTMLElement>('[data-views]')?.removeAttribute('hidden');
  for (const b of document.querySelectorAll<HTMLButtonElement>('[data-view]'))
    b.setAttribute('aria-pressed', String(b.dataset.view === view));
  const board = document.querySelector('.board');
  board?.classList.toggle('split', view === 'split');
  board?.classList.toggle('only-map', view === 'map');
  const place = box();
  if (!place) return;
  place.hidden = view === 'list';
  if (view !== 'list') void show(place);
}

async function show(place: HTMLElement): Promise<void> {
  coming ??= (async () => {
    try {
      const { openOffers } = await import('../map/offers.ts');
      const inner = document.createElement('div');
      place.replaceChildren(inner);
      map = await openOffers(inner, w.mapLabel, document.documentElement.lang === 'en' ? 'en' : 'zh-CN', {
        picked: (code) => go(code),
        hovered: (fid) => light(fid),
      });
    } catch {
      place.textContent = w.mapFailed;
      place.setAttribute('role', 'status');
    }
  })();
  await coming;
  map?.resize();
  map?.keep(shown());
  map?.fit(places());
  if (map) explain(place);
}

// The parcels of the page: the map shows what the list does.
function shown(): Offer[] {
  return [...document.querySelectorAll<HTMLElement>('.card[data-fid]')].map((card) => ({
    fid: Number(card.dataset.fid),
    status: card.dataset.status ?? '',
    at: placeOf(card),
  }));
}

function placeOf(card: HTMLElement): [number, number] | null {
  const [lon, lat] = (card.dataset.at ?? '').split(',').map(Number);
  return lon === undefined || lat === undefined || Number.isNaN(lon + lat) ? null : [lon, lat];
}

// The key of the map has the states of the page's cards, with their badges.
function explain(place: HTMLElement): void {
  const states = new Map<string, Element>();
  for (const b of document.querySelectorAll('.card .badge')) states.set(b.textContent ?? '', b);
  const key = document.createElement('ul');
  key.className = 'map-key';
  key.setAttribute('aria-label', w.key);
  for (const badge of states.values()) {
    const row = document.createElement('li');
    row.append(badge.cloneNode(true));
    key.append(row);
  }
  place.querySelector('.map-key')?.remove();
  place.append(key);
}

// Where the parcels of the page lie, as west, south, east, north.
function places(): [number, number, number, number] | null {
  const out: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const card of document.querySelectorAll<HTMLElement>('.card[data-at]')) {
    const [lon, lat] = placeOf(card) ?? [];
    if (lon === undefined || lat === undefined) continue;
    out[0] = Math.min(out[0], lon);
    out[1] = Math.min(out[1], lat);
    out[2] = Math.max(out[2], lon);
    out[3] = Math.max(out[3], lat);
  }
  return out[0] <= out[2] ? out : null;
}

function go(code: string): void {
  const card = [...document.querySelectorAll<HTMLElement>('.card')].find((c) => c.dataset.code === code);
  const link = card?.querySelector<HTMLAnchorElement>('h3 a');
  if (!link || !card) return;
  card.scrollIntoView({ block: 'nearest' });
  link.focus();
}

function light(fid: number | null): void {
  for (const card of document.querySelectorAll<HTMLElement>('.card'))
    card.classList.toggle('lit', fid !== null && card.dataset.fid === String(fid));
}

/** List, list and map, or map. The map's code comes when it is asked for. */
export function startViews(): void {
  if (!document.querySelector('[data-views]')) return;
  document.addEventListener('click', (e) => {
    const button = (e.target as Element).closest<HTMLButtonElement>('[data-view]');
    if (!button) return;
    const view = button.dataset.view as View;
    const at = new URL(location.href);
    if (view === 'list') at.searchParams.delete('view');
    else at.searchParams.set('view', view);
    history.replaceState(null, '', at);
    draw(view);
  });
  for (const [name, on] of [
    ['pointerover', true],
    ['focusin', true],
    ['pointerout', false],
  ] as const) {
    document.addEventListener(name, (e) => {
      const card = (e.target as Element).closest<HTMLElement>('.card[data-fid]');
      if (card) map?.highlight(on ? Number(card.dataset.fid) : null);
    });
  }
  draw(current());
}

/** After the results have changed: the map goes where they are. */
export function follow(): void {
  draw(current());
}
