import { signal } from '@preact/signals';
import { announcement } from '../store/said.ts';
import { words } from '../store/view.ts';
import { Icon } from './icons.tsx';

/** A sentence that the reader should see now; "" = none. */
export const notice = signal('');

export function Notice() {
  return (
    <>
      {notice.value !== '' && (
        <div class="notice" role="alert">
          <span>{notice.value}</span>
          <button
            type="button"
            class="quiet square"
            aria-label={words.value.drawer.close}
            onClick={() => {
              notice.value = '';
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      <div class="unseen" aria-live="polite">
        {announcement.value}
      </div>
    </>
  );
}
