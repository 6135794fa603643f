import type { CollectionName } from './catalogue.gen.ts';
import type {
  Archives,
  Counts,
  District,
  HistoryEvent,
  Hit,
  Item,
  ItemPage,
  Round,
  Session,
  Summary,
  TileJson,
} from './types.ts';
import type { Lang } from './url.ts';

/** An answer that is not a success. status 0 = the server was not reached. */
export class Problem extends Error {
  readonly status: number;
  readonly requestId: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, message: string, body: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.body = body;
    this.requestId = typeof body.request_id === 'string' ? body.request_id : '';
  }
}

/** The server as the app asks it; errors come in the language that lang tells at the time of asking. */
export class Api {
  private readonly lang: () => Lang;
  private readonly credentials: RequestCredentials;

  /** credentials 'omit' = as nobody: no cookie is sent, and none is taken. */
  constructor(lang: () => Lang, credentials: RequestCredentials) {
    this.lang = lang;
    this.credentials = credentials;
  }

  district = (signal?: AbortSignal) => this.get<District>('/api/district', signal);
  session = (signal?: AbortSignal) => this.get<Session>('/api/session', signal);
  summary = (signal?: AbortSignal) => this.get<Summary>('/api/summary', signal);

  tileJson(set: string, signal?: AbortSignal): Promise<TileJson> {
    return this.get<TileJson>(`/tiles/${set}.json`, signal);
  }

  /** The hand-outs of the public's map that there are. */
  archives(signal?: AbortSignal): Promise<Archives> {
    return this.get<Archives>('/archives', signal);
  }

  items(collection: CollectionName, query: Record<string, string>, signal?: AbortSignal): Promise<ItemPage> {
    return this.get<ItemPage>(`/api/collections/${collection}/items?${new URLSearchParams(query)}`, signal);
  }

  /** Counts the items that match, their sums, and by the fields of `by` how many have each value. */
  counts(collection: CollectionName, query: Record<string, string>, signal?: AbortSignal): Promise<Counts> {
    return this.get<Counts>(`/api/collections/${collection}/counts?${new URLSearchParams(query)}`, signal);
  }

  /** Reads the page that a next link names; only this server's own links are followed. */
  page(href: string, signal?: AbortSignal): Promise<ItemPage> {
    const to = new URL(href, location.origin);
    return this.get<ItemPage>(`${to.pathname}${to.search}`, signal);
  }

  item(collection: CollectionName, code: string, signal?: AbortSignal): Promise<Item> {
    return this.get<Item>(`/api/collections/${collection}/items/${encodeURIComponent(code)}`, signal);
  }

  async history(collection: CollectionName, code: string, signal?: AbortSignal): Promise<HistoryEvent[]> {
    const path = `/api/${collection}/${encodeURIComponent(code)}/history`;
    return (await this.get<{ events: HistoryEvent[] | null }>(path, signal)).events ?? [];
  }

  async rounds(parcel: string, signal?: AbortSignal): Promise<Round[]> {
    const path = `/api/parcels/${encodeURIComponent(parcel)}/rounds`;
    return (await this.get<{ rounds: Round[] | null }>(path, signal)).rounds ?? [];
  }

  async search(q: string, signal?: AbortSignal): Promise<Hit[]> {
    const query = new URLSearchParams({ q, limit: '12' });
    return (await this.get<{ hits: Hit[] | null }>(`/api/search?${query}`, signal)).hits ?? [];
  }

  signIn(login: string, password: string): Promise<Session> {
    return this.send<Session>('POST', '/api/session', { login, password });
  }

  async signOut(): Promise<void> {
    await this.ask<null>('/api/session', { method: 'DELETE' });
  }

  /** Reads an answer that has no method of its own here. */
  read<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.get<T>(path, signal);
  }

  /** Reads an item with its version, as its ETag tells it; 0 = it has none. */
  async versioned<T>(path: string, signal?: AbortSignal): Promise<{ body: T; version: number }> {
    const { body, etag } = await this.fetch<T>(path, signal ? { signal } : {});
    const found = /^"v(\d+)\b/.exec(etag);
    return { body, version: Number(found?.[1] ?? 0) };
  }

  /** Reads what has no version but the tag of its content. */
  tagged<T>(path: string): Promise<{ body: T; etag: string }> {
    return this.fetch<T>(path, {});
  }

  /** Sends a change: key names the request (accounts take none), version or etag is the state that the reader saw. */
  write<T>(
    method: string,
    path: string,
    body: unknown,
    seen: { key?: string; version?: number; etag?: string },
  ): Promise<T> {
    const headers: Record<string, string> = {};
    if (seen.key !== undefined) headers['Idempotency-Key'] = seen.key;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (seen.version !== undefined) headers['If-Match'] = `"v${seen.version}"`;
    if (seen.etag !== undefined) headers['If-Match'] = seen.etag;
    return this.ask<T>(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Sends what is not a change of the land: sign-in, password, tokens. It is never sent twice. */
  send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { 'Content-Type': 'application/json' };
    return this.ask<T>(path, {
      method,
      ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }),
    });
  }

  private get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.ask<T>(path, signal ? { signal } : {});
  }

  private async ask<T>(path: string, init: RequestInit): Promise<T> {
    return (await this.fetch<T>(path, init)).body;
  }

  private async fetch<T>(path: string, init: RequestInit): Promise<{ body: T; etag: string }> {
    const headers = { Accept: 'application/json', 'Accept-Language': this.lang(), ...init.headers };
    const answer = await fetch(path, { ...init, headers, credentials: this.credentials }).catch(
      (err: unknown) => {
        if (err instanceof TypeError) throw new Problem(0, '');
        throw err;
      },
    );
    const body = await readJson(answer);
    if (!answer.ok) throw problemOf(answer.status, body);
    return { body: body as T, etag: answer.headers.get('ETag') ?? '' };
  }
}

async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (err) {
    if (err instanceof SyntaxError) return null;
    throw err;
  }
}

export function problemOf(status: number, body: unknown): Problem {
  const said = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = [said.detail, said.title].find((t) => typeof t === 'string' && t !== '');
  return new Problem(status, typeof text === 'string' ? text : `HTTP ${status}`, said);
}

export function isAbort(err: unknown): boolean {
  return err instanceof DOMException && err.name === 'AbortError';
}
