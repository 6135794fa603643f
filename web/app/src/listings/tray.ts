import { w } from './words.ts';

const KEY = 'tengdi.compare';
const MOST = 4;

interface Picked {
  readonly code: string;
  readonly name: string;
}

let picked = read();

function read(): Picked[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept
      .filter((p): p is Picked => typeof p?.code === 'string' && typeof p?.name === 'string')
      .slice(0, MOST);
  } catch {
    // A browser that keeps nothing, or what another program left there: the tray begins empty.
    return [];
  }
}

function keep(next: Picked[]): void {
  picked = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // It holds for this page all the same.
  }
  draw();
}

function toggle(p: Picked, on: boolean): void {
  const rest = picked.filter((q) => q.code !== p.code);
  if (on && rest.length < MOST) rest.push(p);
  keep(rest);
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text: string,
  props: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  const el = document.createElement(name);
  el.textContent = text;
  return Object.assign(el, props);
}

/** Gives each card its box to tick, and shows what is ticked. */
export function equip(): void {
  for (const card of document.querySelectorAll<HTMLElement>('.card[data-code]')) {
    if (card.querySelector('.pick')) continue;
    const code = card.dataset.code ?? '';
    const name = card.querySelector('h3')?.textContent?.trim() ?? code;
    const box = element('input', '', { type: 'checkbox', value: code });
    box.addEventListener('change', () => toggle({ code, name }, box.checked));
    const label = element('label', '', { className: 'pick' });
    label.append(box, element('span', w.pick));
    card.querySelector('.about')?.append(label);
  }
  draw();
}

function draw(): void {
  for (const box of document.querySelectorAll<HTMLInputElement>('.pick input')) {
    box.checked = picked.some((p) => p.code === box.value);
    box.disabled = !box.checked && picked.length >= MOST;
    if (box.parentElement) box.parentElement.title = box.disabled ? w.full : '';
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-compare]')) {
    link.textContent = picked.some((p) => p.code === link.dataset.compare) ? w.picked : w.pick;
  }
  const link = document.querySelector<HTMLAnchorElement>('a[data-compare-link]');
  if (link) link.href = picked.length > 0 ? address() : link.href.replace(/[?&]codes=[^&]*/, '');
  const n = document.querySelector('[data-compare-count]');
  if (n) n.textContent = picked.length > 0 ? ` (${picked.length})` : '';
  const old = document.querySelector('.tray');
  const held = [...(old?.querySelectorAll('button') ?? [])].indexOf(
    document.activeElement as HTMLButtonElement,
  );
  old?.remove();
  if (picked.length === 0 || document.body.dataset.page === 'sheet') {
    // The tray is gone with who stood in it.
    if (held >= 0) document.querySelector<HTMLElement>('#found, a[data-compare]')?.focus();
    return;
  }
  const tray = element('section', '', { className: 'tray' });
  tray.setAttribute('aria-label', w.tray);
  const list = element('ul', '');
  for (const p of picked) {
    const off = element('button', `${p.name} ×`, { type: 'button', className: 'quiet' });
    off.setAttribute('aria-label', w.drop(p.name));
    off.addEventListener('click', () => toggle(p, false));
    const li = element('li', '');
    li.append(off);
    list.append(li);
  }
  const clear = element('button', w.clear, { type: 'button', className: 'quiet' });
  clear.addEventListener('click', () => keep([]));
  tray.append(list);
  if (picked.length > 1)
    tray.append(element('a', w.compare(picked.length), { href: address(), className: 'primary' }));
  tray.append(clear);
  document.querySelector('.foot')?.before(tray);
  if (held >= 0) [...tray.querySelectorAll('button')].at(Math.min(held, picked.length))?.focus();
}

function address(): string {
  const q = new URLSearchParams({ codes: picked.map((p) => p.code).join(',') });
  const lang = new URLSearchParams(location.search).get('lang');
  if (lang) q.set('lang', lang);
  return `/listings/compare?${q}`;
}

/** On a parcel's page the link puts it into the tray. */
export function startTray(): void {
  equip();
  document.addEventListener('click', (e) => {
    const link = (e.target as Element).closest<HTMLAnchorElement>('a[data-compare]');
    if (!link) return;
    e.preventDefault();
    const code = link.dataset.compare ?? '';
    const name = document.querySelector('h1')?.textContent?.trim() ?? code;
    toggle({ code, name }, !picked.some((p) => p.code === code));
  });
  addEventListener('storage', (e) => {
    if (e.key !== KEY) return;
    picked = read();
    draw();
  });
}
