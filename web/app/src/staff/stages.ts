import type { Status } from '../catalogue.gen.ts';
import type { Item } from '../types.ts';

/** One stage of the pipeline with what stands in it. */
export interface Stage {
  readonly status: Status;
  readonly items: readonly Item[];
  /** Planned investment in 万元. */
  readonly wan: number;
  /** Projects of 1 亿 or more. */
  readonly large: number;
}

const YI_IN_WAN = 10_000;

/** Whether a project is one of 1 亿 or more. */
export function isLarge(project: Item): boolean {
  return Number(project.properties.amount_wan ?? 0) >= YI_IN_WAN;
}

/** The projects by stage, in the machine's order, the longest in its stage first; every stage is there. */
export function stagesOf(statuses: readonly Status[], items: readonly Item[]): readonly Stage[] {
  return [...statuses]
    .sort((a, b) => a.order - b.order)
    .map((status) => {
      const own = items.filter((i) => i.properties.status === status.code).sort(byStageDay);
      const amounts = own.map((i) => Number(i.properties.amount_wan ?? 0));
      return {
        status,
        items: own,
        wan: amounts.reduce((sum, n) => sum + n, 0),
        large: own.filter(isLarge).length,
      };
    });
}

/** Whole months from a day to another; 0 where the day is not known. */
export function monthsBetween(from: string, to: string): number {
  const a = /^(\d{4})-(\d{2})-(\d{2})/.exec(from);
  const b = /^(\d{4})-(\d{2})-(\d{2})/.exec(to);
  if (!a || !b) return 0;
  const months = (Number(b[1]) - Number(a[1])) * 12 + Number(b[2]) - Number(a[2]);
  return Math.max(0, Number(b[3]) < Number(a[3]) ? months - 1 : months);
}

/** The light of a project that has been so long in its stage; operating and dropped ones have none. */
export function stageLight(status: string, months: number, amber: number, red: number): string {
  if (status === 'operating' || status === 'dead') return '';
  if (months >= red) return 'red';
  return months >= amber ? 'amber' : 'green';
}

function byStageDay(a: Item, b: Item): number {
  const [x, y] = [String(a.properties.stage_on ?? '9999'), String(b.properties.stage_on ?? '9999')];
  if (x === y) return a.id < b.id ? -1 : 1;
  return x < y ? -1 : 1;
}
