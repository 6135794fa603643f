import { lang, words } from '../store/view.ts';
import { Icon } from '../ui/icons.tsx';
import type { OpenFile } from './file.ts';
import { staffWords } from './store.ts';
import { stateName } from './things.ts';
import { endUndo, hold, rest, undo, wantedStep } from './undo.ts';

/** For ten seconds after a step: the way back, which opens the form that asks for its reason. */
export function UndoBar({ f }: { f: OpenFile }) {
  const offer = undo.value;
  if (offer?.thing !== f.thing || offer.code !== f.code) return null;
  const w = staffWords.value.steps;
  const name = (code: string) => stateName(f.thing, code, lang.value);
  return (
    <div
      class="notice undo"
      role="status"
      onPointerEnter={hold}
      onPointerLeave={rest}
      onFocusIn={hold}
      onFocusOut={rest}
    >
      <span>{w.moved(name(f.moves.status))}</span>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          wantedStep.value = offer.to;
          endUndo();
        }}
      >
        {w.undo(name(offer.to))}
      </button>
      <button type="button" class="quiet square" aria-label={words.value.drawer.close} onClick={endUndo}>
        <Icon name="close" />
      </button>
    </div>
  );
}
