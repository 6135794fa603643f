import { Problem, problemOf } from './api.ts';
import type { IngestReport } from './types.ts';
import type { Lang } from './url.ts';

/** Sends an import; told is called with the share of the bytes that left, 0..1. */
export function sendImport(form: FormData, lang: Lang, told: (share: number) => void): Promise<IngestReport> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', '/api/imports');
    xhr.setRequestHeader('Accept', 'application/json');
    xhr.setRequestHeader('Accept-Language', lang);
    xhr.upload.addEventListener('progress', (e) => {
      if (e.lengthComputable) told(e.loaded / e.total);
    });
    xhr.addEventListener('error', () => reject(new Problem(0, '')));
    xhr.addEventListener('load', () => {
      const body = parse(xhr.responseText);
      const report = reportIn(xhr.status, body);
      if (report) resolve(report);
      else reject(problemOf(xhr.status, body));
    });
    xhr.send(form);
  });
}

/** Sends a form with a file as one request that key names; told as for an import. */
export function sendForm(
  path: string,
  form: FormData,
  key: string,
  lang: Lang,
  told: (share: number) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', path);
    xhr.setRequestHeader('Accept', 'application/json');
    xhr.setRequestHeader('Accept-Language', lang);
    xhr.setRequestHeader('Idempotency-Key', key);
    xhr.upload.addEventListener('progress', (e) => {
      if (e.lengthComputable) told(e.loaded / e.total);
    });
    xhr.addEventListener('error', () => reject(new Problem(0, '')));
    xhr.addEventListener('load', () => {
      const body = parse(xhr.responseText);
      if (xhr.status >= 200 && xhr.status < 300) resolve(body);
      else reject(problemOf(xhr.status, body));
    });
    xhr.send(form);
  });
}

/** The report of an answer: the body of a success, or the member of a refusal. */
export function reportIn(status: number, body: unknown): IngestReport | null {
  if (typeof body !== 'object' || body === null) return null;
  if (status >= 200 && status < 300) return body as IngestReport;
  const inside = (body as { report?: unknown }).report;
  return typeof inside === 'object' && inside !== null ? (inside as IngestReport) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    if (err instanceof SyntaxError) return null;
    throw err;
  }
}
