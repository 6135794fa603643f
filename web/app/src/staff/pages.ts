import type { ComponentType } from 'preact';
import { AdminPage } from './admin.tsx';
import { AreasPage } from './areas.tsx';
import { AuditPage } from './audit.tsx';
import { FilePage } from './filepage.tsx';
import { HouseholdsPage } from './households.tsx';
import { AccountPage } from './myaccount.tsx';
import { ParcelsPage } from './parcels.tsx';
import { PipelinePage } from './pipeline.tsx';
import { ProblemsPage } from './problems.tsx';
import { WorkPage } from './work.tsx';

/** A staff page; that of the file of a thing gets its collection and code. */
export type StaffPage = ComponentType<{ collection: string; code: string }>;

/** The pages by the first part of the path; "areas/" with a slash stands for the file of every area. */
export const PAGES: Readonly<Record<string, StaffPage>> = {
  work: WorkPage,
  areas: AreasPage,
  households: HouseholdsPage,
  parcels: ParcelsPage,
  problems: ProblemsPage,
  projects: PipelinePage,
  admin: AdminPage,
  audit: AuditPage,
  account: AccountPage,
  'areas/': FilePage,
  'buildings/': FilePage,
  'households/': FilePage,
  'parcels/': FilePage,
  'problems/': FilePage,
  'projects/': FilePage,
};
