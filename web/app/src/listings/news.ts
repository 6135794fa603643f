import { follow } from './line.ts';
import { w } from './words.ts';

/**
 * Says when the land has changed since the page was made, with a button that reads it again, and when
 * nothing is heard of changes any more.
 */
export function startNews(again: () => Promise<void>): void {
  if (!document.body.dataset.revision) return;
  follow('/api/live?tileset=public', {
    at: (revision) => {
      if (revision <= Number(document.body.dataset.revision) || document.querySelector('.news.changed'))
        return;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'primary';
      button.textContent = w.refresh;
      const p = tell('changed', w.changed);
      p.append(button);
      button.addEventListener('click', () => {
        p.remove();
        void again();
      });
    },
    lost: () => {
      if (!document.querySelector('.news.lost')) tell('lost', lostWords());
    },
    back: () => document.querySelector('.news.lost')?.remove(),
  });
}

/** Says of the results that were read by hand, while nothing is heard of changes, of when they are. */
export function retellLost(): void {
  const said = document.querySelector('.news.lost span');
  if (said) said.textContent = lostWords();
}

function lostWords(): string {
  return w.lost(document.querySelector('time[data-now]')?.textContent ?? '');
}

function tell(kind: string, said: string): HTMLElement {
  const p = document.createElement('p');
  p.className = `news ${kind}`;
  p.setAttribute('role', 'status');
  const text = document.createElement('span');
  text.textContent = said;
  p.append(text);
  document.querySelector('main')?.prepend(p);
  return p;
}
