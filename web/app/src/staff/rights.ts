import { session } from '../store/server.ts';
import type { OpenFile } from './file.ts';
import { may, writes } from './store.ts';
import { MACHINE_OF_THING } from './things.ts';
import type { FileRecord, InputField, Paper, Reason, RecordKind } from './types.ts';

// What is offered in a file is what its reader may do there: by role, by area, and by who wrote it.

// What followed from these has happened: they are not amended.
const FINAL: readonly string[] = ['problem/extension', 'problem/escalation', 'area/bulletin'];

// What a notice told the bidders; geo.CheckCorrection has the rule.
const TOLD_BY_NOTICE: readonly string[] = ['name', 'street', 'address'];
const NOT_OFFERED: readonly string[] = ['reserved', 'planned', 'allocated', 'failed', 'withdrawn', 'voided'];

function mine(of: { readonly by: string }): boolean {
  return of.by === session.value?.user?.login;
}

/** The reader may write the file: its papers, and what is on file of the thing. */
export function writesFile(f: OpenFile): boolean {
  return writes(f.thing) && !f.moves.outside;
}

/** The inputs among these that the reader may correct. */
export function correctable(f: OpenFile, edit: readonly InputField[]): readonly InputField[] {
  if (f.moves.outside) return [];
  const told = f.thing === 'parcels' && !NOT_OFFERED.includes(f.moves.status);
  if (!writes(f.thing)) return told && may('correct_offered') ? edit : [];
  return told && !may('correct_offered') ? edit.filter((i) => !TOLD_BY_NOTICE.includes(i.name)) : edit;
}

/** The reader may add a record of the kind. */
export function adds(f: OpenFile, kind: RecordKind): boolean {
  return kind.write === true && !f.moves.outside;
}

/** Why nobody can add a record of the kind as the thing stands; [] = nothing is in the way. */
export function bars(f: OpenFile, kind: RecordKind): readonly Reason[] {
  return (f.moves.barred ?? []).filter((b) => b.kind === kind.code);
}

/** The inputs of a record that the reader may amend: others' are, by who may strike them out. */
export function amendable(f: OpenFile, kind: RecordKind, r: FileRecord): readonly InputField[] {
  if (f.moves.outside || r.struck_at || FINAL.includes(`${kind.of}/${kind.code}`)) return [];
  if (may('strike_out')) return kind.inputs;
  if (!kind.write) return [];
  if (mine(r) || kind.code === 'assignment') return kind.inputs;
  return kind.inputs.filter((i) => i.name === 'done_on');
}

/** The reader may strike the record out. */
export function strikes(f: OpenFile, kind: RecordKind, r: FileRecord): boolean {
  if (f.moves.outside || r.struck_at) return false;
  const name = `${MACHINE_OF_THING[f.thing]}/${kind.code}`;
  if (name === 'area/bulletin') return may('strike_out');
  if (FINAL.includes(name)) return false;
  return mine(r) ? kind.write === true : may('strike_out');
}

/** The reader may strike the paper out. */
export function strikesPaper(f: OpenFile, p: Paper): boolean {
  if (f.moves.outside) return false;
  return mine(p) ? writes(f.thing) : may('strike_out');
}
