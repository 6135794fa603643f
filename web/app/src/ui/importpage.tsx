import { useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { asProblem, mayImport, problemText, staff } from '../store/server.ts';
import { lang, words } from '../store/view.ts';
import type { IngestReport } from '../types.ts';
import { sendImport } from '../upload.ts';
import { ImportReport } from './importreport.tsx';
import { importWords } from './importwords.ts';
import { TopBar } from './topbar.tsx';

const LAYERS = ['areas', 'parcels', 'buildings'] as const;
const ENCODINGS = ['utf-8', 'gb18030', 'gbk', 'latin1'];

/** Bringing a file in: try it, read the report, then import it. */
export function ImportPage() {
  const w = importWords.value;
  return (
    <div class="page">
      <TopBar />
      <main class="card-page wide">
        <div class="card">
          <h1>{w.title}</h1>
          <p class="lead">{w.intro}</p>
          {mayImport.value ? <ImportForm /> : <Refusal />}
        </div>
      </main>
    </div>
  );
}

function Refusal() {
  const w = words.value;
  if (staff.value) return <p role="alert">{importWords.value.needRole}</p>;
  return (
    <>
      <p role="alert">{importWords.value.needSignIn}</p>
      <p>
        <a class="primary" href="/signin?next=/import">
          {w.sign.in}
        </a>
      </p>
    </>
  );
}

function ImportForm() {
  const w = importWords.value;
  const busy = useSignal(false);
  const sent = useSignal(0);
  const dry = useSignal(true);
  const report = useSignal<IngestReport | null>(null);
  const error = useSignal('');

  const box = useRef<HTMLFormElement>(null);
  const send = async (form: FormData) => {
    busy.value = true;
    sent.value = 0;
    error.value = '';
    report.value = null;
    try {
      report.value = await sendImport(form, lang.value, (share) => {
        sent.value = share;
      });
      // The next file is tried first again.
      if (report.value.committed) dry.value = true;
    } catch (err) {
      error.value = problemText(asProblem(err));
    }
    busy.value = false;
  };
  const submit = (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    void send(formOf(e.currentTarget, dry.value));
  };
  // What was tried is what the form still holds: a change of it takes the report away.
  const forReal = () => {
    if (!box.current?.reportValidity()) return;
    dry.value = false;
    void send(formOf(box.current, false));
  };
  const tried = report.value;
  const good = tried?.dry_run && tried.refused === 0;

  return (
    <>
      <form
        ref={box}
        class="import-form"
        onSubmit={submit}
        onChange={() => {
          report.value = null;
        }}
      >
        <FileField />
        <Field label={w.layer}>
          <select name="layer" required>
            <option value="">{w.choose}</option>
            {LAYERS.map((l) => (
              <option key={l} value={l}>
                {words.value.things[l]}
              </option>
            ))}
          </select>
        </Field>
        <Field label={w.crs} hint={w.crsHint}>
          <input name="crs" placeholder="EPSG:4526" spellcheck={false} />
        </Field>
        <Field label={w.datum}>
          <select name="datum">
            <option value="">{w.datums.none}</option>
            <option value="gcj02">{w.datums.gcj02}</option>
            <option value="bd09">{w.datums.bd09}</option>
          </select>
        </Field>
        <Field label={w.encoding}>
          <select name="encoding">
            <option value="">{w.auto}</option>
            {ENCODINGS.map((c) => (
              <option key={c} value={c}>
                {c.toUpperCase()}
              </option>
            ))}
          </select>
        </Field>
        <Field label={w.table} hint={w.tableHint}>
          <input name="table" spellcheck={false} />
        </Field>
        <Field label={w.map} hint={w.mapHint}>
          <input name="map" spellcheck={false} placeholder="code=BSM" />
        </Field>
        <Field label={w.area} hint={w.areaHint}>
          <input name="area" spellcheck={false} />
        </Field>
        <Field label={w.number} hint={w.numberHint}>
          <input name="number" spellcheck={false} />
        </Field>
        <Field label={w.on} hint={w.onHint}>
          <input name="on" type="date" max="9999-12-31" />
        </Field>
        <label class="tick">
          <input name="fix" type="checkbox" value="true" />
          <span>{w.fix}</span>
        </label>
        <label class="tick">
          <input
            name="dry_run"
            type="checkbox"
            value="true"
            checked={dry.value}
            onChange={(e) => {
              dry.value = e.currentTarget.checked;
            }}
          />
          <span>{w.dryRun}</span>
        </label>
        <div class="submit">
          <button type="submit" class="primary" disabled={busy.value}>
            {dry.value ? w.submitDry : w.submit}
          </button>
          {busy.value && (
            <span role="status" class="progress">
              <progress {...(sent.value < 1 ? { value: sent.value } : {})} aria-label={w.uploading} />
              {sent.value < 1 ? w.uploading : w.checking}
            </span>
          )}
        </div>
      </form>
      {error.value !== '' && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      {tried && (
        <ImportReport
          report={tried}
          next={
            good && (
              <p>
                <button type="button" class="primary" disabled={busy.value} onClick={forReal}>
                  {w.real}
                </button>
              </p>
            )
          }
        />
      )}
    </>
  );
}

// The browser's own button speaks the browser's language; this one speaks the page's.
function FileField() {
  const w = importWords.value;
  const name = useSignal('');
  return (
    <label class="field file">
      <span>{w.file}</span>
      <span class="file-choice">
        <input
          class="unseen"
          name="file"
          type="file"
          required
          accept=".geojson,.json,.geojsonl,.ndjson,.shp,.zip,.gpkg"
          onChange={(e) => {
            name.value = e.currentTarget.files?.[0]?.name ?? '';
          }}
        />
        <span class="file-button" aria-hidden="true">
          {w.chooseFile}
        </span>
        <span class="file-name">{name.value || w.noFile}</span>
      </span>
    </label>
  );
}

function Field({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label class="field">
      <span>{label}</span>
      {children}
      {hint && <small class="hint">{hint}</small>}
    </label>
  );
}

/** The form as it is sent: what is empty is not said. */
function formOf(form: HTMLFormElement, dryRun: boolean): FormData {
  const out = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (name !== 'dry_run' && value !== '') out.append(name, value);
  }
  if (dryRun) out.append('dry_run', 'true');
  return out;
}
