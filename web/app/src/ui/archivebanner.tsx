import { mapWords } from '../map/words.ts';
import { archive, liveHref } from '../store/archive.ts';
import { fmt } from '../store/server.ts';
import { words } from '../store/view.ts';

/** Says that the map is drawn from an archive: which one, as of when, and the way back to the live map. */
export function ArchiveBanner() {
  const a = archive.value;
  if (!a) return null;
  const w = mapWords.value.archive;
  return (
    <aside class="archive-banner" aria-label={w.title}>
      <p>
        <strong>{w.named(a.name)}</strong>{' '}
        <span>{a.at ? w.at(fmt.value.date(a.at)) : w.made(fmt.value.moment(a.changed))}</span>
      </p>
      <a href={liveHref()}>{words.value.liveMap}</a>
    </aside>
  );
}
