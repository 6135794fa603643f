import { useEffect, useRef } from 'preact/hooks';
import { lang } from '../store/view.ts';
import { Swatch } from '../ui/swatch.tsx';
import { statusOf } from '../catalogue.ts';
import { staffWords } from './store.ts';
import { MACHINE_OF_THING, MAIN_LINE, placeOnLine, stateName, type ThingName } from './things.ts';

/** The main line of a machine with the place where the thing stands; nothing for machines of branches. */
export function Stepper({ thing, status }: { thing: ThingName; status: string }) {
  const line = MAIN_LINE[thing];
  const at = placeOnLine(thing, status);
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const here = box.current?.querySelector<HTMLElement>('[aria-current]');
    if (here && box.current) box.current.scrollLeft = here.offsetLeft - box.current.clientWidth / 2;
  }, [status]);
  if (!line) return null;
  const w = staffWords.value.file;
  return (
    <section class="stepper-box" aria-label={w.progress}>
      {at < 0 && <p class="stepper-aside">{w.halted(stateName(thing, status, lang.value))}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a row that scrolls must be reachable by keyboard */}
      <ol class="stepper" ref={box} tabIndex={0}>
        {line.map((code, i) => {
          const look = statusOf(MACHINE_OF_THING[thing], code);
          return (
            <li
              key={code}
              class={i < at ? 'past' : i === at ? 'here' : 'ahead'}
              {...(i === at ? { 'aria-current': 'step' } : {})}
            >
              {look && <Swatch look={look} />}
              <span>{stateName(thing, i === at ? status : code, lang.value)}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
