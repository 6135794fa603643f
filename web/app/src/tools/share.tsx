import '../styles/share.css';
import { useComputed, useSignal } from '@preact/signals';
import { FRAME_LEAST, FRAME_MOST, frameCode, framedHash, frameSize, qrHref, sharedHash } from '../share.ts';
import { archiveAsked } from '../store/archive.ts';
import { route } from '../store/route.ts';
import { district, districtName } from '../store/server.ts';
import { lang, view } from '../store/view.ts';
import type { Theme } from '../url.ts';
import { toolsWords } from './words.ts';

/** The view as a link, as a QR code, and as a frame for another page. */
export function ShareTool() {
  const w = toolsWords.value.share;
  const said = useSignal('');
  const path = useComputed(
    () => `${route.value.path}${route.value.search}#${sharedHash(view.value, lang.value)}`,
  );
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = toolsWords.value.copied(text.length > 60 ? `${text.slice(0, 60)}…` : text);
    } catch {
      said.value = toolsWords.value.copyFailed;
    }
  };
  const link = location.origin + path.value;
  const qr = qrHref(path.value);
  return (
    <div class="tool-body share">
      <label class="facet-name" for="share-link">
        {w.link}
      </label>
      <div class="share-line">
        <input id="share-link" type="text" readOnly value={link} onFocus={(e) => e.currentTarget.select()} />
        <button type="button" class="primary" onClick={() => void copy(link)}>
          {w.copyLink}
        </button>
      </div>
      <p class="hint">{w.hint}</p>
      <h3>{w.qr}</h3>
      {qr ? (
        <div class="share-qr">
          <img src={qr} alt={w.qrAlt} width="148" height="148" />
          <a class="plain" href={qr} download="tengdi-qr.svg">
            {w.qrSave}
          </a>
        </div>
      ) : (
        <p class="hint" role="status">
          {w.tooLong}
        </p>
      )}
      <h3>{w.embed}</h3>
      <Frame copy={copy} />
      <p class="hint" role="status">
        {said.value}
      </p>
    </div>
  );
}

function Frame({ copy }: { copy: (text: string) => Promise<void> }) {
  const w = toolsWords.value.share;
  const width = useSignal(800);
  const height = useSignal(520);
  const theme = useSignal<Theme | null>(null);
  if (!district.value?.embed) return <p class="hint">{w.embedOff}</p>;
  if (archiveAsked.value !== null) return <p class="hint">{w.embedArchive}</p>;
  const src = `${location.origin}/embed#${framedHash(view.value, lang.value, theme.value)}`;
  const code = frameCode(src, districtName.value, width.value, height.value);
  const sides = [
    { name: 'width', label: w.width, size: width },
    { name: 'height', label: w.height, size: height },
  ] as const;
  return (
    <>
      <p class="hint">{w.embedHint}</p>
      <div class="share-size">
        {sides.map(({ name, label, size }) => (
          <label key={name}>
            <span class="facet-name">{label}</span>
            <input
              type="number"
              name={`frame-${name}`}
              min={FRAME_LEAST[name]}
              max={FRAME_MOST}
              value={size.value}
              onChange={(e) => {
                const fitting = frameSize(e.currentTarget.valueAsNumber, FRAME_LEAST[name]);
                e.currentTarget.value = String(fitting);
                size.value = fitting;
              }}
            />
          </label>
        ))}
        <label>
          <span class="facet-name">{w.theme}</span>
          <select
            name="frame-theme"
            value={theme.value ?? 'auto'}
            onChange={(e) => {
              const chosen = e.currentTarget.value;
              theme.value = chosen === 'light' || chosen === 'dark' ? chosen : null;
            }}
          >
            {(['auto', 'light', 'dark'] as const).map((t) => (
              <option key={t} value={t}>
                {w.themes[t]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <textarea
        class="share-code"
        aria-label={w.code}
        readOnly
        rows={4}
        value={code}
        onFocus={(e) => e.currentTarget.select()}
      />
      <div class="tool-foot">
        <a class="plain" href={src} target="_blank" rel="noopener">
          {w.preview}
        </a>
        <button type="button" class="plain" onClick={() => void copy(code)}>
          {w.copyCode}
        </button>
      </div>
    </>
  );
}
