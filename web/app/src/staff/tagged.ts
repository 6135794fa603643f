import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { api, asProblem } from '../store/server.ts';
import { newKey } from './key.ts';

/** A setting without a version of its own: its content has a tag, which a write has to name. */
export interface Setting<T> {
  /** null until it is read. */
  readonly said: ReadonlySignal<{ readonly body: T; readonly etag: string } | null>;
  readonly error: ReadonlySignal<Problem | null>;
  read(): Promise<void>;
  /** Writes as whoever saw the tag (412 = it is another by now), and reads again. */
  write(body: unknown): Promise<void>;
}

/** Reads a setting when the component comes up. */
export function useSetting<T>(path: string): Setting<T> {
  const said = useSignal<{ body: T; etag: string } | null>(null);
  const error = useSignal<Problem | null>(null);
  const read = async () => {
    error.value = null;
    try {
      said.value = await api.tagged<T>(path);
    } catch (err) {
      error.value = asProblem(err);
    }
  };
  const write = async (body: unknown) => {
    await api.write('PUT', path, body, { key: newKey(), etag: said.value?.etag ?? '' });
    await read();
  };
  useEffect(() => void read(), []);
  return { said, error, read, write };
}
