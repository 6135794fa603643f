import { formatHash, type Lang, type Theme, type ViewState } from './url.ts';

/** The longest path that the server makes a QR code of, in bytes. */
export const QR_MAX = 1000;
/** The least that a map in a frame needs, and the most that makes sense, in pixels. */
export const FRAME_LEAST = { width: 320, height: 240 } as const;
export const FRAME_MOST = 4000;

/** What a link to a view says: all that is seen, in the sender's language, without the panel that made it. */
export function sharedHash(view: ViewState, lang: Lang): string {
  return formatHash({ ...view, lang, remains: null, tool: view.with === null ? null : 'compare' });
}

/**
 * What a map in a frame is asked for: the same land, layers over it, theme and filter. What is drawn by
 * hand and what stands beside the map is not in a frame.
 */
export function framedHash(view: ViewState, lang: Lang, theme: Theme | null): string {
  return formatHash({
    ...view,
    lang,
    theme,
    tool: null,
    with: null,
    remains: null,
    tab: null,
    only: null,
    sort: null,
    q: '',
  });
}

/** The address of a QR code of a path of this site; null where the path is too long for one. */
export function qrHref(path: string): string | null {
  return new TextEncoder().encode(path).length > QR_MAX ? null : `/qr?path=${encodeURIComponent(path)}`;
}

/** A size in pixels that a frame can have, nearest to what was asked for. */
export function frameSize(asked: number, least: number): number {
  return Number.isFinite(asked) ? Math.min(FRAME_MOST, Math.max(least, Math.round(asked))) : least;
}

/** What to put into a page, so that it shows the map in a frame. */
export function frameCode(src: string, title: string, width: number, height: number): string {
  const said = [
    `src="${escaped(src)}"`,
    `title="${escaped(title)}"`,
    `width="${width}"`,
    `height="${height}"`,
    'loading="lazy"',
    'style="border:0"',
  ];
  return `<iframe ${said.join(' ')}></iframe>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
