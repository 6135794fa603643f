const BYTES = 16;

/** A key for one request, to be sent again with each new try of the same. Needs no https. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (b) =>
    b.toString(16).padStart(2, '0'),
  ).join('');
}
