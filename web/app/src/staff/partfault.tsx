import { problemText } from '../store/server.ts';
import { words } from '../store/view.ts';
import { type OpenFile, type Part, reread } from './file.ts';

/** Says that a part of a file could not be read; nothing where it was. */
export function PartFault({ f, part }: { f: OpenFile; part: Part }) {
  const fault = f.faults[part];
  if (!fault) return null;
  return (
    <div class="form-problem" role="alert">
      <p>{problemText(fault)}</p>
      <p>
        <button type="button" class="plain" onClick={() => void reread()}>
          {words.value.errors.retry}
        </button>
      </p>
    </div>
  );
}
