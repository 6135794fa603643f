import type { Item } from '../types.ts';

/** What an area lacks: lead = no leader in charge, contract = no contracted body. */
export function gapsOf(area: Item): readonly string[] {
  const { leader, department } = area.properties;
  return [!leader && 'lead', !department && 'contract'].filter((g) => g !== false);
}

/** How many areas each leader answers for, by name. */
export function areasByLeader(areas: readonly Item[]): readonly (readonly [string, number])[] {
  const count = new Map<string, number>();
  for (const a of areas) {
    const leader = String(a.properties.leader ?? '');
    if (leader !== '') count.set(leader, (count.get(leader) ?? 0) + 1);
  }
  return [...count].sort((a, b) => a[0].localeCompare(b[0], 'zh-CN', { numeric: true }));
}
