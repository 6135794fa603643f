import { fileHref } from '../store/route.ts';
import type { ThingName } from './things.ts';

/** A link to the file of a thing, by its code. */
export function FileLink({ thing, code, text }: { thing: ThingName; code: string; text?: string }) {
  return <a href={fileHref(thing, code)}>{text || code}</a>;
}
