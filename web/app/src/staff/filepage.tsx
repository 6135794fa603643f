import { useEffect } from 'preact/hooks';
import { follow } from '../live.ts';
import { settled } from '../settle.ts';
import { problemText, tileset } from '../store/server.ts';
import { words } from '../store/view.ts';
import { FactsBox } from './factsbox.tsx';
import { done, file, fileError, openFile, reread } from './file.ts';
import { FileHead } from './filehead.tsx';
import { Frame } from './frame.tsx';
import { PapersBox } from './papersbox.tsx';
import { RecordsBox } from './recordsbox.tsx';
import { Special } from './special.tsx';
import { Stepper } from './stepper.tsx';
import { StepsBox } from './stepsbox.tsx';
import { staffWords } from './store.ts';
import { isThing, type ThingName } from './things.ts';
import { TimelineBox } from './timelinebox.tsx';

const OLD_MS = 20_000;
const CALM_MS = 400;
const LONGEST_MS = 2_000;

/** The file of one thing: what it is, what can be done, what was recorded, what happened. */
export function FilePage({ collection, code }: { collection: string; code: string }) {
  const thing: ThingName = isThing(collection) ? collection : 'areas';
  useEffect(() => {
    void openFile(thing, code);
    return followChanges(thing);
  }, [thing, code]);
  const w = staffWords.value;
  const f = file.value;
  const mine = f?.thing === thing && f.code === code ? f : null;
  const name = String(mine?.item.properties.name || mine?.item.properties.title || code);
  return (
    <Frame title={`${w.things[thing]} ${name}`}>
      {fileError.value && !mine && <NotRead thing={thing} code={code} />}
      {!fileError.value && !mine && (
        <p class="empty" role="status">
          {w.state.loading}
        </p>
      )}
      {mine && (
        <article class="file">
          <FileHead f={mine} />
          <p class="file-done" role="status">
            {done.value}
          </p>
          {fileError.value && (
            <p class="form-problem" role="alert">
              {problemText(fileError.value)}
            </p>
          )}
          <Stepper thing={thing} status={mine.moves.status} />
          <div class="file-grid">
            <div class="file-side">
              <StepsBox f={mine} />
            </div>
            <div class="file-main">
              <Special f={mine} />
              <FactsBox f={mine} />
              <RecordsBox f={mine} />
              <PapersBox f={mine} />
              <TimelineBox f={mine} />
            </div>
          </div>
        </article>
      )}
    </Frame>
  );
}

// The stream names the things of the map; what is not on the map is read again when one comes back to it.
function followChanges(thing: ThingName): () => void {
  const { ask: soon, stop } = settled(() => void reread(), CALM_MS, LONGEST_MS);
  let at = 0;
  const end = follow(`/api/live?tileset=${tileset.value}`, {
    up: () => {},
    hello: (revision, resumed) => {
      if (at > 0 && !resumed && revision > at) soon();
      at = Math.max(at, revision);
    },
    change: (event) => {
      at = Math.max(at, event.revision);
      const fid = file.peek()?.item.properties.fid;
      if (event.all || event.changes.some((c) => c.layer === thing && c.id === fid)) soon();
    },
    reload: soon,
  });
  const onFocus = () => {
    const open = file.peek();
    if (document.visibilityState === 'visible' && open && Date.now() - open.readAt > OLD_MS) soon();
  };
  addEventListener('focus', onFocus);
  document.addEventListener('visibilitychange', onFocus);
  return () => {
    stop();
    end();
    removeEventListener('focus', onFocus);
    document.removeEventListener('visibilitychange', onFocus);
  };
}

function NotRead({ thing, code }: { thing: ThingName; code: string }) {
  const w = staffWords.value.state;
  const gone = fileError.value?.status === 404 || fileError.value?.status === 403;
  const list = thing === 'buildings' ? '/areas' : `/${thing}`;
  return (
    <section class="box" role="alert">
      <h1>{gone ? w.gone : w.failed}</h1>
      <p class="empty">
        {staffWords.value.things[thing]} {code}
      </p>
      <p>{gone ? w.gonehint : fileError.value && problemText(fileError.value)}</p>
      <p class="form-foot">
        {!gone && (
          <button type="button" class="primary" onClick={() => void openFile(thing, code)}>
            {words.value.errors.retry}
          </button>
        )}
        <a class="second" href={list}>
          {w.back}
        </a>
      </p>
    </section>
  );
}
