/**
 * Whether this page is the map in a frame of another site. It is for everybody: it never says who its
 * reader is, and no cookie goes with what it asks for.
 */
export const framed = /^\/embed\/?$/.test(location.pathname);
