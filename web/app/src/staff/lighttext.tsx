import type { ComponentChildren } from 'preact';
import { staffWords } from './store.ts';

/** A light with words of its own: shape and name go with the colour. */
export function LightText({ light, children }: { light: string; children?: ComponentChildren }) {
  const names: Record<string, string> = staffWords.value.file.lights;
  const name = names[light];
  if (!name) return <span>{children}</span>;
  if (!children) return <span class={`light ${light}`}>{name}</span>;
  return (
    <span class={`light ${light}`}>
      <span class="unseen">{name} </span>
      <span>{children}</span>
    </span>
  );
}
