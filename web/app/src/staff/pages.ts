import type { ComponentType } from 'preact';
import { FilePage } from './filepage.tsx';

/** A staff page; that of the file of a thing gets its collection and code. */
export type StaffPage = ComponentType<{ collection: string; code: string }>;

/** The pages by the first part of the path; "areas/" with a slash stands for the file of every area. */
export const PAGES: Readonly<Record<string, StaffPage>> = {
  'areas/': FilePage,
  'buildings/': FilePage,
  'households/': FilePage,
  'parcels/': FilePage,
  'problems/': FilePage,
  'projects/': FilePage,
};
