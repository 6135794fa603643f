/** How long an answer may take, in milliseconds: longer than the server takes for any (15 s). */
export const PATIENCE_MS = 20_000;

/** Does something once it has been quiet, yet at most so long after it was first asked for. */
export interface Settled {
  ask(): void;
  stop(): void;
}

/** quiet and longest are in milliseconds. Each asking puts act off again, but not beyond the longest wait. */
export function settled(act: () => void, quiet: number, longest: number): Settled {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    stop,
    ask: () => {
      const now = Date.now();
      if (timer === undefined) last = now + longest;
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          timer = undefined;
          act();
        },
        Math.max(0, Math.min(quiet, last - now)),
      );
    },
  };
}
