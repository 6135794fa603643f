import { w } from './words.ts';

/** Told after the results were read anew. */
type Done = () => void;

const WAIT_MS = 250;
const PARTS = ['.groups', '#results', '.follow'] as const;

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
    take(page);
    done();
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

// Puts the parts of the page that was read in the place of those that are shown. The map stays, and so do
// the fields: one of them may be just written in.
function take(page: Document): void {
  const map = document.querySelector('[data-map]');
  for (const part of PARTS) {
    const next = page.querySelector(part);
    const now = document.querySelector(part);
    if (!next || !now) continue;
    const fresh = document.importNode(next, true);
    if (map && part === '#results') fresh.querySelector('[data-map]')?.replaceWith(map);
    now.replaceWith(fresh);
  }
  const revision = page.body.dataset.revision;
  if (revision) document.body.dataset.revision = revision;
  document.title = page.title;
  takeForm(page);
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
