import { startClock } from './clock.ts';
import { startNews } from './news.ts';
import { again, startSearch } from './search.ts';
import { equip, startTray } from './tray.ts';
import { follow, startViews } from './views.ts';

// Makes the server's pages quicker. Each of them works without this.
const page = document.body.dataset.page;

startTray();
startClock();

if (page === 'list') {
  const done = () => {
    equip();
    follow();
  };
  startViews();
  startSearch(done);
  startNews(() => again(done));
  // A phone shows the parcels first; the filter is one tap away.
  if (matchMedia('(max-width: 760px)').matches) document.querySelector('.filters')?.removeAttribute('open');
}

if (page === 'parcel')
  startNews(async () => {
    location.reload();
  });

if (page === 'sheet') {
  const print = document.querySelector<HTMLButtonElement>('[data-print]');
  print?.removeAttribute('hidden');
  print?.addEventListener('click', () => window.print());
}
