import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useRef } from 'preact/hooks';
import type { Problem } from '../api.ts';
import { nameOf } from '../catalogue.ts';
import { asProblem, fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import { FormProblem } from '../ui/form.tsx';
import { sendForm } from '../upload.ts';
import { done, type OpenFile, papersPath, reread, strikePaper } from './file.ts';
import { whoText } from './who.tsx';
import { PartFault } from './partfault.tsx';
import { StrikeForm } from './recordform.tsx';
import { strikesPaper, writesFile } from './rights.ts';
import { forms, staffWords } from './store.ts';
import { sizeText } from './timeline.ts';
import type { Paper } from './types.ts';
import { newKey } from './key.ts';

const MOST_BYTES = 50 * 1024 * 1024;

/** The papers of a file: upload, download, strike out. */
export function PapersBox({ f }: { f: OpenFile }) {
  const w = staffWords.value.papers;
  const adding = useSignal(false);
  const mayWrite = writesFile(f);
  return (
    <section class="box" aria-labelledby="papers-title">
      <div class="box-head">
        <h2 id="papers-title">{w.title}</h2>
        <span class="spring" />
        {mayWrite && !adding.value && (
          <button
            type="button"
            class="second"
            onClick={() => {
              adding.value = true;
            }}
          >
            {w.add}
          </button>
        )}
      </div>
      {adding.value && (
        <UploadForm
          f={f}
          close={() => {
            adding.value = false;
          }}
        />
      )}
      <PartFault f={f} part="papers" />
      {f.papers.length === 0 && !f.faults.papers && !adding.value && <p class="empty">{w.none}</p>}
      <PaperList f={f} />
    </section>
  );
}

function PaperList({ f }: { f: OpenFile }) {
  return (
    <ul class="paper-list">
      {f.papers.map((p) => (
        <PaperRow key={p.token} paper={p} mayStrike={strikesPaper(f, p)} />
      ))}
    </ul>
  );
}

function PaperRow({ paper: p, mayStrike }: { paper: Paper; mayStrike: boolean }) {
  const w = staffWords.value;
  const striking = useSignal(false);
  const kind = forms.value?.file_kinds.find((k) => k.code === p.kind);
  return (
    <li class="paper">
      <span class="paper-kind">{kind ? nameOf(kind, lang.value) : p.kind}</span>
      <a class="paper-name" href={`/api/files/${encodeURIComponent(p.token)}`} download={p.name}>
        {p.name}
      </a>
      <span class="hint" title={p.by_name && p.by}>
        {sizeText(p.bytes)} · {w.papers.by(whoText(p.by, p.by_name), fmt.value.moment(p.created_at))}
      </span>
      <span class="spring" />
      {mayStrike && !striking.value && (
        <button
          type="button"
          class="plain"
          aria-label={`${w.papers.strike} ${p.name}`}
          onClick={() => {
            striking.value = true;
          }}
        >
          {w.papers.strike}
        </button>
      )}
      {striking.value && (
        <div class="edit-box">
          <StrikeForm
            cancel={() => {
              striking.value = false;
            }}
            strike={async (reason, key) => {
              await strikePaper(p, reason, { key });
              await reread();
              done.value = w.records.struck;
            }}
          />
        </div>
      )}
    </li>
  );
}

function UploadForm({ f, close }: { f: OpenFile; close: () => void }) {
  const w = staffWords.value;
  const kind = useSignal('');
  const chosen = useSignal<File | null>(null);
  const sent = useSignal<number | null>(null);
  const fault = useSignal('');
  const problem = useSignal<Problem | null>(null);
  const request = useRef({ of: '', key: '' });

  const submit = async (e: TargetedSubmitEvent<HTMLFormElement>) => {
    e.preventDefault();
    const paper = chosen.value;
    problem.value = null;
    fault.value = faultOf(paper, kind.value);
    if (!paper || fault.value !== '' || sent.value !== null) return;
    const of = `${kind.value}/${paper.name}/${paper.size}/${paper.lastModified}`;
    if (request.current.of !== of) request.current = { of, key: newKey() };
    const body = new FormData();
    body.append('kind', kind.value);
    body.append('file', paper);
    sent.value = 0;
    try {
      await sendForm(papersPath(f), body, request.current.key, lang.value, (share) => {
        sent.value = share;
      });
      await reread();
      done.value = w.papers.added(paper.name);
      close();
    } catch (err) {
      problem.value = asProblem(err);
    }
    sent.value = null;
  };

  return (
    <form class="form edit-box" noValidate onSubmit={submit}>
      {problem.value && <FormProblem problem={problem.value} />}
      <div class="form-grid">
        <div class="form-field">
          <label for="paper-kind">{w.papers.kind}</label>
          <select
            id="paper-kind"
            value={kind.value}
            onChange={(e) => {
              kind.value = e.currentTarget.value;
            }}
          >
            <option value="">{w.form.choose}</option>
            {(forms.value?.file_kinds ?? []).map((k) => (
              <option key={k.code} value={k.code}>
                {nameOf(k, lang.value)}
              </option>
            ))}
          </select>
        </div>
        <label class="form-field file">
          <span>{w.papers.file}</span>
          <span class="file-choice">
            <input
              class="unseen"
              type="file"
              onChange={(e) => {
                chosen.value = e.currentTarget.files?.[0] ?? null;
              }}
            />
            <span class="file-button" aria-hidden="true">
              {w.papers.choose}
            </span>
            <span class="file-name">{chosen.value?.name ?? w.papers.noFile}</span>
          </span>
        </label>
      </div>
      <p class="hint">{w.papers.limit}</p>
      {fault.value !== '' && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      <div class="form-foot">
        <button type="submit" class="primary" aria-disabled={sent.value !== null}>
          {w.papers.upload}
        </button>
        <button type="button" class="quiet" onClick={close}>
          {w.form.cancel}
        </button>
        {sent.value !== null && (
          <span class="progress" role="status">
            <progress value={sent.value} aria-label={w.papers.uploading} />
            {w.papers.uploading}
          </span>
        )}
      </div>
    </form>
  );
}

function faultOf(paper: File | null, kind: string): string {
  const w = staffWords.value.papers;
  if (kind === '') return w.needKind;
  if (!paper) return w.needFile;
  return paper.size > MOST_BYTES ? w.tooLarge : '';
}
