import type { MachineName } from '../catalogue.gen.ts';
import { MOVE_ROLES } from './datakeys.gen.ts';

/** A move that leads on, and the roles that may make it. */
export interface RoleMove {
  readonly to: string;
  readonly roles: readonly string[];
}

/** The moves that lead on from a state, whoever may make them. */
export function movesFrom(machine: MachineName, from: string): readonly RoleMove[] {
  return MOVE_ROLES[machine].flatMap((line) => {
    const [at, to = '', ...roles] = line.split(' ');
    return at === from ? [{ to, roles }] : [];
  });
}

/** Why a move that was asked for is not offered. */
export type Because = 'offered' | 'there' | 'outside' | 'role' | 'none';

/** Tells why a move to a state is not among those that the reader has. */
export function whyNot(
  asked: string,
  from: { status: string; outside: boolean; offered: readonly string[] },
  machine: MachineName,
): Because {
  if (from.offered.includes(asked)) return 'offered';
  if (from.status === asked) return 'there';
  if (from.outside) return 'outside';
  return movesFrom(machine, from.status).some((m) => m.to === asked) ? 'role' : 'none';
}
