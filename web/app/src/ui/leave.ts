import { api, asProblem, problemText } from '../store/server.ts';
import { notice } from './notice.tsx';

/** Makes a link to the sign-in page lead back: the address changes with every move of the map. */
export function rememberPlace(a: HTMLAnchorElement): void {
  if (location.pathname === '/signin') return;
  a.href = `/signin?next=${encodeURIComponent(`${location.pathname}${location.search}${location.hash}`)}`;
}

/** Ends the session and shows the page as the public sees it. */
export async function signOut(): Promise<void> {
  try {
    await api.signOut();
    location.reload();
  } catch (err) {
    notice.value = problemText(asProblem(err));
  }
}
