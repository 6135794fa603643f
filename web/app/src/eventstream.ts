/** What a reader of server-sent events needs of its source; an EventSource is one. */
export interface EventLine {
  readonly readyState: number;
  addEventListener(type: string, listener: (e: Event) => void): void;
  close(): void;
}

const OPEN = 1;
const CLOSED = 2;

/**
 * Server-sent events without cookies, which an EventSource of the browser would send to its own site. It
 * does not come back by itself: it ends with an error event, as an EventSource does after an HTTP error.
 */
export class PlainStream extends EventTarget implements EventLine {
  readyState = 0;
  private readonly stop = new AbortController();

  constructor(url: string) {
    super();
    void this.read(url);
  }

  close(): void {
    this.readyState = CLOSED;
    this.stop.abort();
  }

  private async read(url: string): Promise<void> {
    try {
      const headers = { Accept: 'text/event-stream' };
      const answer = await fetch(url, { credentials: 'omit', headers, signal: this.stop.signal });
      const kind = answer.headers.get('Content-Type') ?? '';
      if (answer.ok && answer.body && kind.startsWith('text/event-stream')) {
        this.readyState = OPEN;
        await this.tell(answer.body);
      }
    } catch {
      // Whatever broke it, the line is down, which is what the event says.
    }
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.dispatchEvent(new Event('error'));
  }

  private async tell(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    const text = new TextDecoder();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += text.decode(value, { stream: true });
      const blocks = rest.split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseBlock(block);
        if (event && !this.stop.signal.aborted)
          this.dispatchEvent(new MessageEvent(event.type, { data: event.data }));
      }
    }
  }
}

/** Reads one event of a stream; null for a block without data, such as a comment. */
export function parseBlock(block: string): { type: string; data: string } | null {
  let type = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ''] = /^([a-z]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === 'event') type = value;
    if (name === 'data') data.push(value);
  }
  return data.length === 0 ? null : { type, data: data.join('\n') };
}
