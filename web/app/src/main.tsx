import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/bar.css';
import './styles/pages.css';
import { render } from 'preact';
import { pageOf } from './pages.ts';
import { district, districtName, loadStart, problemText, session, startError } from './store/server.ts';
import { isStaffPath, pageTitle, route, startRoute } from './store/route.ts';
import { startView, words } from './store/view.ts';
import { fetchPage, Late } from './ui/latepage.tsx';
import { NotFoundPage } from './ui/notfound.tsx';
import { Notice } from './ui/notice.tsx';
import { effect } from '@preact/signals';

function App() {
  if (startError.value) return <Failed />;
  if (!district.value || !session.value) return null;
  return (
    <>
      <Page path={route.value.path} />
      <Notice />
    </>
  );
}

function Page({ path }: { path: string }) {
  const page = pageOf(path);
  return page ? <Late page={page} /> : <NotFoundPage />;
}

function Failed() {
  const w = words.value.errors;
  return (
    <main class="card-page">
      <div class="card" role="alert">
        <h1>{w.title}</h1>
        <p class="lead">{startError.value && problemText(startError.value)}</p>
        <button type="button" class="primary" onClick={() => void loadStart()}>
          {w.retry}
        </button>
      </div>
    </main>
  );
}

// The desk has a sheet of its own, which knows where its chords lead.
function onKey(e: KeyboardEvent): void {
  const typing = e.target instanceof Element && e.target.closest('input, textarea, select');
  if (e.key !== '?' || typing || e.ctrlKey || e.metaKey || e.altKey || isStaffPath(route.value.path)) return;
  e.preventDefault();
  void import('./ui/keysheet.tsx').then((m) => m.showKeys());
}

const root = document.getElementById('app');
if (root) {
  startView();
  startRoute();
  const first = pageOf(route.value.path);
  if (first) void fetchPage(first);
  effect(() => {
    const own = words.value.appName;
    document.title = [...new Set([pageTitle.value, districtName.value, own])].filter(Boolean).join(' · ');
  });
  addEventListener('keydown', onKey);
  render(<App />, root);
  void loadStart();
}
