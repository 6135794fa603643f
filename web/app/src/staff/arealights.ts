import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isAbort } from '../api.ts';
import { api, asProblem } from '../store/server.ts';
import { lang } from '../store/view.ts';

/** The light of an area and its cause, as the board tells them: no page judges by itself. */
export interface AreaLight {
  readonly code: string;
  readonly light: string;
  /** The larger the more urgent: the board has the worst first. */
  readonly urgency: number;
  readonly cause: { readonly word: string; readonly zh: string; readonly en: string };
}

const NONE: ReadonlyMap<string, AreaLight> = new Map();

/** Reads the light of one area; null = there is no such area. */
export async function readAreaLight(code: string, stop: AbortSignal): Promise<AreaLight | null> {
  const all = await read(`?${new URLSearchParams({ area: code })}`, stop);
  return all.find((a) => a.code === code) ?? null;
}

/** The lights of all areas, by code. */
export function useAreaLights(): ReadonlySignal<ReadonlyMap<string, AreaLight>> {
  const lights = useSignal(NONE);
  useEffect(() => {
    const stop = new AbortController();
    read('', stop.signal).then(
      (all) => {
        lights.value = new Map(all.map((a) => [a.code, a]));
      },
      (err) => {
        // A list without lights is better than none.
        if (!isAbort(err) && asProblem(err)) lights.value = NONE;
      },
    );
    return () => stop.abort();
  }, []);
  return lights;
}

/** The sentence with the number behind a light. */
export function causeSentence(a: AreaLight): string {
  return lang.value === 'en' ? a.cause.en : a.cause.zh;
}

async function read(query: string, stop: AbortSignal): Promise<readonly AreaLight[]> {
  const { areas } = await api.read<{ areas: readonly Omit<AreaLight, 'urgency'>[] | null }>(
    `/api/board/areas${query}`,
    stop,
  );
  return (areas ?? []).map((a, i, all) => ({ ...a, urgency: all.length - i }));
}
