import './styles/tokens.css';
import './styles/frame.css';
import './styles/stage.css';
import './styles/panel.css';
import './styles/legend.css';
import './styles/drawer.css';
import './styles/pages.css';
import { render } from 'preact';
import { district, districtName, loadStart, problemText, session, startError } from './store/server.ts';
import { isStaffPath, pageTitle, route, startRoute } from './store/route.ts';
import { startView, words } from './store/view.ts';
import { ImportPage } from './ui/importpage.tsx';
import { MapPage } from './ui/mappage.tsx';
import { NotFoundPage } from './ui/notfound.tsx';
import { Notice } from './ui/notice.tsx';
import { SignInPage } from './ui/signin.tsx';
import { LazyStaff } from './ui/lazystaff.tsx';
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
  switch (path.replace(/\/+$/, '') || '/') {
    case '/':
    case '/map':
      return <MapPage />;
    case '/signin':
      return <SignInPage />;
    case '/import':
      return <ImportPage />;
    default:
      return isStaffPath(path) ? <LazyStaff /> : <NotFoundPage />;
  }
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

const root = document.getElementById('app');
if (root) {
  startView();
  startRoute();
  effect(() => {
    const own = words.value.appName;
    document.title = [...new Set([pageTitle.value, districtName.value, own])].filter(Boolean).join(' · ');
  });
  render(<App />, root);
  void loadStart();
}
