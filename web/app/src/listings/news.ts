import { w } from './words.ts';

function number(e: Event, field: string): number {
  try {
    const said = (JSON.parse((e as MessageEvent<string>).data) as Record<string, unknown>)[field];
    return typeof said === 'number' ? said : 0;
  } catch {
    return 0;
  }
}

/** Says when the land has changed since the page was made, with a button that reads it again. */
export function startNews(again: () => Promise<void>): void {
  if (!document.body.dataset.revision) return;
  const heard = (revision: number) => {
    if (revision <= Number(document.body.dataset.revision) || document.querySelector('.news:not(.failed)'))
      return;
    const p = document.createElement('p');
    p.className = 'news';
    p.setAttribute('role', 'status');
    const text = document.createElement('span');
    text.textContent = w.changed;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'primary';
    button.textContent = w.refresh;
    button.addEventListener('click', () => {
      p.remove();
      void again();
    });
    p.append(text, button);
    document.querySelector('main')?.prepend(p);
  };
  const stream = new EventSource('/api/live?tileset=public');
  for (const name of ['hello', 'change', 'reload'])
    stream.addEventListener(name, (e) => heard(number(e, 'revision')));
  addEventListener('pagehide', () => stream.close());
}
