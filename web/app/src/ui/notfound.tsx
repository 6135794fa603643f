import { words } from '../store/view.ts';
import { TopBar } from './topbar.tsx';

export function NotFoundPage() {
  const w = words.value.notFound;
  return (
    <div class="page">
      <TopBar />
      <main class="card-page">
        <div class="card">
          <h1>{w.title}</h1>
          <p class="lead">{w.text}</p>
          <p>
            <a class="primary" href="/map">
              {w.link}
            </a>
          </p>
        </div>
      </main>
    </div>
  );
}
