/** Where to go after signing in: a path of this server, never another one. */
export function nextPlace(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/map';
  const to = URL.canParse(next, 'https://tengdi.invalid') ? new URL(next, 'https://tengdi.invalid') : null;
  if (to?.host !== 'tengdi.invalid' || !next.startsWith('/')) return '/';
  return `${to.pathname}${to.search}${to.hash}`;
}
