import { Problem, problemOf } from '../api.ts';
import { lang } from '../store/view.ts';
import { newKey } from './key.ts';

/** Something without a version of its own, with the tag of its content. */
export interface Tagged<T> {
  readonly body: T;
  readonly etag: string;
}

/** Reads a setting with the tag that a later write has to name. */
export function readTagged<T>(path: string): Promise<Tagged<T>> {
  return exchange<T>(path, { method: 'GET' });
}

/** Writes a setting as whoever saw the tag; 412 = it is another by now. */
export async function putTagged(path: string, body: unknown, etag: string): Promise<void> {
  await exchange(path, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'If-Match': etag, 'Idempotency-Key': newKey() },
  });
}

async function exchange<T>(path: string, init: RequestInit): Promise<Tagged<T>> {
  const headers = { Accept: 'application/json', 'Accept-Language': lang.peek(), ...init.headers };
  const answer = await fetch(path, { ...init, headers, credentials: 'same-origin' }).catch((err: unknown) => {
    if (err instanceof TypeError) throw new Problem(0, '');
    throw err;
  });
  const body: unknown = await answer.json().catch((err: unknown) => {
    if (err instanceof SyntaxError) return null;
    throw err;
  });
  if (!answer.ok) throw problemOf(answer.status, body);
  return { body: body as T, etag: answer.headers.get('ETag') ?? '' };
}
