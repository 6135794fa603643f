import { useSignal } from '@preact/signals';
import { fileHref, goTo } from '../store/route.ts';
import { desk } from './deskwords.ts';

/** Opens the file of a code that is known, as it stands on paper, without looking for it in the list. */
export function OpenByCode({ collection }: { collection: string }) {
  const w = desk.value.openByCode;
  const code = useSignal('');
  return (
    <form
      class="open-by-code"
      onSubmit={(e) => {
        e.preventDefault();
        const known = code.value.trim();
        if (known !== '') goTo(fileHref(collection, known), 'push');
      }}
    >
      <input
        type="text"
        name="open-code"
        aria-label={w.label}
        placeholder={w.label}
        maxLength={64}
        autocomplete="off"
        spellcheck={false}
        required
        value={code.value}
        onInput={(e) => {
          code.value = e.currentTarget.value;
        }}
      />
      <button type="submit" class="second">
        {w.go}
      </button>
    </form>
  );
}
