import { type Signal, untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { isAbort } from '../api.ts';
import { asProblem, problemText } from '../store/server.ts';

/** An answer of the server on its way: what it was, and what went wrong since. */
export interface Loaded<T> {
  readonly value: T | null;
  readonly loading: boolean;
  readonly trouble: string;
}

/**
 * Reads what `ask` asks for, again whenever `key` gives another text; null asks nothing. Until the new
 * answer is there the old one stays.
 */
export function useLoaded<T>(
  key: () => string | null,
  ask: (signal: AbortSignal) => Promise<T>,
): Signal<Loaded<T>> {
  const out = useSignal<Loaded<T>>({ value: null, loading: false, trouble: '' });
  const wanted = useComputed(key);
  useSignalEffect(() => {
    if (wanted.value === null) {
      out.value = { value: null, loading: false, trouble: '' };
      return;
    }
    const stop = new AbortController();
    out.value = { ...out.peek(), loading: true, trouble: '' };
    // What it reads on its way is no key.
    untracked(() => ask(stop.signal)).then(
      (value) => {
        if (!stop.signal.aborted) out.value = { value, loading: false, trouble: '' };
      },
      (err: unknown) => {
        if (stop.signal.aborted || isAbort(err)) return;
        out.value = { value: null, loading: false, trouble: problemText(asProblem(err)) };
      },
    );
    return () => stop.abort();
  });
  return out;
}
