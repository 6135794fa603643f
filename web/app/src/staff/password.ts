// Without letters and digits that look alike.
const SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const GROUPS = 4;
const PER_GROUP = 4;

/** A first password to be read out and typed once: 16 signs in groups of four, some 93 bits. */
export function newPassword(): string {
  const signs: string[] = [];
  const wanted = GROUPS * PER_GROUP;
  // A byte beyond the last whole run of the signs would favour the first ones.
  const most = 256 - (256 % SIGNS.length);
  while (signs.length < wanted) {
    for (const byte of crypto.getRandomValues(new Uint8Array(wanted))) {
      if (byte < most && signs.length < wanted) signs.push(SIGNS.charAt(byte % SIGNS.length));
    }
  }
  return Array.from({ length: GROUPS }, (_, i) =>
    signs.slice(i * PER_GROUP, (i + 1) * PER_GROUP).join(''),
  ).join('-');
}
