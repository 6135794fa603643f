import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server as Listener,
  type Socket,
} from 'node:net';

/** A slow mobile line: 1 Mbit/s down, 150 ms there and back. */
export const SLOW = { bytesPerSecond: 1_000_000 / 8, roundTripMs: 150 };

const TICK_MS = 10;
const SEGMENT = 1_460;
// What may wait at the near end of the line for one connection, in bytes.
const WAITING = 64 * 1024;
// After a pause of this process the line makes up for so much and no more.
const MOST_MS = 100;

/** A way to a server that is as slow as a line; it holds for workers too, which a browser's own brake does not. */
export interface SlowLine {
  readonly url: string;
  /** What has come down since the last call, in bytes, headers and all. */
  taken(): number;
  stop(): Promise<void>;
}

interface Stream {
  readonly to: Socket;
  readonly from: Socket;
  readonly queue: Buffer[];
  waiting: number;
  ended: boolean;
}

/** Puts a slow line before a server of this machine. */
export async function slowLine(base: string): Promise<SlowLine> {
  const target = new URL(base);
  const streams = new Set<Stream>();
  let bytes = 0;
  const listener = createServer((near) => accept(near, target, streams));
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  let last = performance.now();
  let credit = 0;
  const pump = setInterval(() => {
    const now = performance.now();
    credit += (Math.min(now - last, MOST_MS) / 1000) * SLOW.bytesPerSecond;
    last = now;
    const sent = share(streams, credit);
    bytes += sent;
    credit = [...streams].some((s) => s.waiting > 0) ? credit - sent : 0;
  }, TICK_MS);
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    taken: () => {
      const n = bytes;
      bytes = 0;
      return n;
    },
    stop: () => close(listener, streams, pump),
  };
}

function accept(near: Socket, target: URL, streams: Set<Stream>): void {
  const far = createConnection(Number(target.port), target.hostname);
  const stream: Stream = { to: near, from: far, queue: [], waiting: 0, ended: false };
  streams.add(stream);
  const half = SLOW.roundTripMs / 2;
  // A connection takes a round trip before the first byte can go up.
  const opened = performance.now() + SLOW.roundTripMs;
  near.on('data', (chunk) => {
    setTimeout(() => far.writable && far.write(chunk), Math.max(half, opened - performance.now() + half));
  });
  far.on('data', (chunk) => {
    for (let at = 0; at < chunk.length; at += SEGMENT) stream.queue.push(chunk.subarray(at, at + SEGMENT));
    stream.waiting += chunk.length;
    if (stream.waiting > WAITING) far.pause();
  });
  far.on('end', () => {
    stream.ended = true;
  });
  const drop = () => {
    streams.delete(stream);
    near.destroy();
    far.destroy();
  };
  near.on('error', drop);
  far.on('error', drop);
  near.on('close', drop);
}

// Hands each stream a segment in turn for as long as there is credit; gives what was handed out.
function share(streams: ReadonlySet<Stream>, credit: number): number {
  let left = credit;
  let moved = true;
  while (moved && left > 0) {
    moved = false;
    for (const s of streams) {
      const segment = left > 0 ? s.queue.shift() : undefined;
      if (segment) {
        moved = true;
        left -= segment.length;
        s.waiting -= segment.length;
        setTimeout(() => s.to.writable && s.to.write(segment), SLOW.roundTripMs / 2);
        if (s.waiting < WAITING / 2) s.from.resume();
      } else if (s.ended && s.queue.length === 0) {
        s.ended = false;
        setTimeout(() => s.to.end(), SLOW.roundTripMs / 2);
      }
    }
  }
  return credit - left;
}

async function close(
  listener: Listener,
  streams: ReadonlySet<Stream>,
  pump: ReturnType<typeof setInterval>,
): Promise<void> {
  clearInterval(pump);
  for (const s of streams) {
    s.to.destroy();
    s.from.destroy();
  }
  await new Promise<void>((done) => listener.close(() => done()));
}
