import { useEffect, useRef } from 'preact/hooks';

export interface DeskTab {
  readonly name: string;
  readonly href: string;
  readonly label: string;
}

/** The parts of a page, each with its own address. */
export function DeskTabs(p: { label: string; tabs: readonly DeskTab[]; at: string }) {
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    strip.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [p.at]);
  return (
    <nav ref={strip} class="desk-tabs" aria-label={p.label}>
      {p.tabs.map((t) => (
        <a key={t.name} href={t.href} {...(t.name === p.at ? { 'aria-current': 'page' } : {})}>
          {t.label}
        </a>
      ))}
    </nav>
  );
}
