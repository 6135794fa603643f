import { retellLost } from './news.ts';
import { w } from './words.ts';

/** Told after the results were read anew. */
type Done = () => void;

const WAIT_MS = 250;

let asked: AbortController | undefined;

/** Lets the filter work without leaving the page; without it, its button sends the form. */
export function startSearch(done: Done): void {
  const form = document.querySelector<HTMLFormElement>('#filter');
  if (!form) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void show(addressOf(form), true, done), WAIT_MS);
  };
  form.addEventListener('input', soon);
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    clearTimeout(timer);
    void show(addressOf(form), true, done);
  });
  document.addEventListener('click', (e) => {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    const link = (e.target as Element).closest<HTMLAnchorElement>(
      '.groups a, .chips a, .pages a, .buttons a',
    );
    if (!link || link.origin !== location.origin || link.pathname !== location.pathname) return;
    e.preventDefault();
    void show(link.href, true, done);
  });
  addEventListener('popstate', () => void show(location.href, false, done));
}

/** Reads the results of the address that is shown, once more. */
export function again(done: Done): Promise<void> {
  return show(location.href, false, done);
}

function addressOf(form: HTMLFormElement): string {
  const q = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value !== '' && !(name === 'sort' && value === 'deadline'))
      q.set(name, value);
  }
  const text = q.toString();
  return location.pathname + (text === '' ? '' : `?${text}`);
}

// List, map or both: the server knows nothing of it, so its links do not say it.
function inView(href: string): string {
  const view = new URLSearchParams(location.search).get('view');
  const to = new URL(href, location.href);
  if (view !== null && !to.searchParams.has('view')) to.searchParams.set('view', view);
  return to.pathname + to.search;
}

async function show(link: string, push: boolean, done: Done): Promise<void> {
  const href = push ? inView(link) : link;
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  const results = document.getElementById('results');
  results?.classList.add('busy');
  results?.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(href, { headers: { Accept: 'text/html' }, signal: mine.signal });
    if (!answer.ok) throw new TypeError(`HTTP ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (mine.signal.aborted) return;
    if (push && href !== location.pathname + location.search) history.pushState(null, '', href);
    const focusAgain = holdFocus();
    take(page);
    done();
    focusAgain();
  } catch (err) {
    if (mine.signal.aborted) return;
    if (!(err instanceof TypeError)) throw err;
    // What the form says cannot be shown here: the server's own page says why.
    if (push && /^HTTP 4/.test(err.message)) location.assign(href);
    else say(w.failed);
  } finally {
    if (asked === mine) {
      const now = document.getElementById('results');
      now?.classList.remove('busy');
      now?.removeAttribute('aria-busy');
    }
  }
}

// Puts what was read in the place of what is shown. What a reader may stand on stays where it is: the
// groups, the count that is read out, the map, and the fields, one of which may be just written in.
function take(page: Document): void {
  for (const part of ['.groups', '.follow']) takeLinks(part, page);
  takeResults(page);
  const said = page.querySelector('time[data-now]');
  if (said) document.querySelector('time[data-now]')?.replaceWith(document.importNode(said, true));
  const revision = page.body.dataset.revision;
  if (revision) document.body.dataset.revision = revision;
  document.title = page.title;
  retellLost();
  takeForm(page);
}

// The same links on each page; where they lead and what they say is new.
function takeLinks(part: string, page: Document): void {
  const fresh = page.querySelectorAll(`${part} a`);
  for (const [i, link] of document.querySelectorAll(`${part} a`).entries()) {
    const next = fresh[i];
    if (!next) continue;
    for (const name of ['href', 'aria-current']) {
      const value = next.getAttribute(name);
      if (value === null) link.removeAttribute(name);
      else link.setAttribute(name, value);
    }
    link.replaceChildren(...document.importNode(next, true).childNodes);
  }
}

function takeResults(page: Document): void {
  const now = document.getElementById('results');
  const next = page.getElementById('results');
  const map = now?.querySelector('[data-map]');
  if (!now || !next || !map) return;
  const stays = '.found, [data-map]';
  for (const el of [...now.children]) if (!el.matches(stays)) el.remove();
  let below = false;
  for (const el of [...next.children]) {
    if (el.matches('[data-map]')) below = true;
    if (el.matches(stays)) continue;
    const fresh = document.importNode(el, true);
    if (below) now.append(fresh);
    else map.before(fresh);
  }
  const found = document.getElementById('found');
  const count = page.getElementById('found');
  if (found && count && found.textContent !== count.textContent)
    found.replaceChildren(...document.importNode(count, true).childNodes);
}

// Who stood on something that is gone stands on the same of the new results, or at their head.
function holdFocus(): () => void {
  const had = document.activeElement;
  if (!(had instanceof HTMLElement) || !had.closest('#results, .buttons')) return () => {};
  const code = had.closest<HTMLElement>('.card')?.dataset.code ?? '';
  const what = had.matches('input') ? 'input' : 'h3 a';
  return () => {
    if (had.isConnected) return;
    const same = document.querySelector<HTMLElement>(`.card[data-code="${CSS.escape(code)}"] ${what}`);
    (same ?? document.getElementById('found'))?.focus();
  };
}

function takeForm(page: Document): void {
  const form = document.querySelector<HTMLFormElement>('#filter');
  const next = page.querySelector<HTMLFormElement>('#filter');
  if (!form || !next) return;
  for (const part of ['.pills', 'select[name=area]']) {
    const now = form.querySelector(part);
    const fresh = next.querySelector(part);
    if (!now || !fresh) continue;
    const had = now.contains(document.activeElement) ? (document.activeElement as HTMLInputElement) : null;
    const copy = document.importNode(fresh, true) as HTMLElement;
    now.replaceWith(copy);
    if (!had) continue;
    const again = copy.matches('select')
      ? copy
      : copy.querySelector<HTMLElement>(`[value="${CSS.escape(had.value)}"]`);
    again?.focus();
  }
  for (const field of next.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')) {
    const now = form.elements.namedItem(field.name);
    if (now instanceof HTMLElement && now !== document.activeElement && 'value' in now) {
      (now as HTMLInputElement).value = field.value;
    } else if (!now && field.type === 'hidden') {
      form.prepend(document.importNode(field, true));
    }
  }
  for (const hidden of form.querySelectorAll<HTMLInputElement>('input[type=hidden]')) {
    if (!next.querySelector(`input[type=hidden][name="${CSS.escape(hidden.name)}"]`)) hidden.remove();
  }
  const summary = document.querySelector('.filters > summary');
  const said = page.querySelector('.filters > summary');
  if (summary && said) summary.replaceChildren(...document.importNode(said, true).childNodes);
  const buttons = form.querySelector('.buttons');
  const links = next.querySelector('.buttons');
  const cleared = links?.querySelector('a');
  buttons?.querySelector('a')?.remove();
  if (cleared) buttons?.append(document.importNode(cleared, true));
}

/** Says something that did not work, where a reader of the screen hears it. */
export function say(text: string): void {
  const old = document.querySelector('.news.failed');
  old?.remove();
  const p = document.createElement('p');
  p.className = 'news failed';
  p.setAttribute('role', 'alert');
  p.textContent = text;
  document.querySelector('main')?.prepend(p);
}
