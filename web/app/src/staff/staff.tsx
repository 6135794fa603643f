import './staff.css';
import './forms.css';
import './file.css';
import './filerecords.css';
import './fileboxes.css';
import './desk.css';
import './desktable.css';
import './deskwork.css';
import './deskbatch.css';
import './deskadmin.css';
import './deskaudit.css';
import './desknarrow.css';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { route } from '../store/route.ts';
import { problemText, staff } from '../store/server.ts';
import { words } from '../store/view.ts';
import { NotFoundPage } from '../ui/notfound.tsx';
import { TopBar } from '../ui/topbar.tsx';
import { formatHash, START } from '../url.ts';
import { desk } from './deskwords.ts';
import { PAGES } from './pages.ts';
import { forms, formsError, loadForms, staffWords } from './store.ts';

/** Chooses the staff page that the address names. */
export function StaffPages() {
  const signedIn = staff.value;
  useEffect(() => {
    if (signedIn && !forms.value) void loadForms();
  }, [signedIn]);
  if (!signedIn) return <SignInFirst />;
  if (formsError.value) return <Failed />;
  if (!forms.value) return <Plain>{<p role="status">{words.value.list.loading}</p>}</Plain>;
  const [, collection = '', ...rest] = route.value.path.replace(/\/+$/, '').split('/');
  const code = decoded(rest.join('/'));
  const Page = PAGES[code === '' ? collection : `${collection}/`];
  return Page ? <Page key={`${collection}/${code}`} collection={collection} code={code} /> : <NotFoundPage />;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (err) {
    if (err instanceof URIError) return text;
    throw err;
  }
}

function Plain({ children }: { children: ComponentChildren }) {
  return (
    <div class="page">
      <TopBar />
      <main class="card-page">
        <div class="card">{children}</div>
      </main>
    </div>
  );
}

// What is published of a parcel, anybody may see on the map.
function hashOf(parcel: string): string {
  const hash = formatHash({ ...START, mode: 'auction', sel: { collection: 'parcels', code: parcel } });
  return hash.startsWith('#') ? hash : `#${hash}`;
}

function SignInFirst() {
  const parcel = decoded(/^\/parcels\/(.+?)\/*$/.exec(route.value.path)?.[1] ?? '');
  const w = staffWords.value.gate;
  const next = `${location.pathname}${location.search}${location.hash}`;
  return (
    <Plain>
      <h1>{w.title}</h1>
      <p class="lead">{w.text}</p>
      <p>
        <a class="primary" href={`/signin?next=${encodeURIComponent(next)}`}>
          {words.value.sign.in}
        </a>
      </p>
      {parcel !== '' && (
        <p>
          <a href={`/map${hashOf(parcel)}`}>{desk.value.onMap}</a>
        </p>
      )}
    </Plain>
  );
}

function Failed() {
  return (
    <Plain>
      <h1>{words.value.errors.title}</h1>
      <p class="lead" role="alert">
        {formsError.value && problemText(formsError.value)}
      </p>
      <button type="button" class="primary" onClick={() => void loadForms()}>
        {words.value.errors.retry}
      </button>
    </Plain>
  );
}
