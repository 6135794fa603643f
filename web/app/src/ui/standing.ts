// What the page loads when a map is to stand on it: one chunk, apart from the shell.
export { connect, open } from '../map/open.ts';
export { MapOver } from './mapover.tsx';
