import { execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A running Tengdi with the demo district. data is its folder; "" = not ours, a transition cannot be made. */
export interface Server {
  readonly url: string;
  readonly data: string;
  stop(): Promise<void>;
}

const START_MS = 600_000;
const run = promisify(execFile);

/** The server binary: TENGDI_BIN, else bin/tengdi of this project. */
export function binary(): string {
  const path = process.env.TENGDI_BIN ?? resolve(import.meta.dirname, '../../../../bin/tengdi');
  if (!existsSync(path))
    throw new Error(
      `there is no server binary at ${path}; run \`make build\`, or set TENGDI_BIN or TENGDI_URL`,
    );
  return path;
}

/** Takes the server of TENGDI_URL, else starts one with the demo in a folder of its own. */
export async function server(): Promise<Server> {
  const given = process.env.TENGDI_URL;
  if (given)
    return { url: given.replace(/\/$/, ''), data: process.env.TENGDI_DATA ?? '', stop: async () => {} };
  return start(newData(), ['--demo']);
}

/** A data folder that is not there yet, in a folder of its own. */
export function newData(): string {
  const home = mkdtempSync(join(tmpdir(), 'tengdi-e2e-'));
  // As root the cluster runs under another account, which has to get in.
  chmodSync(home, 0o755);
  return join(home, 'data');
}

/** Serves a data folder of newData() on a free port; stop() removes the folder. */
export async function start(data: string, args: readonly string[]): Promise<Server> {
  const child = spawn(binary(), ['serve', '--data', data, '--listen', '127.0.0.1:0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((found, fail) => {
    const timer = setTimeout(() => {
      child.kill('SIGTERM'); // it would outlive us
      fail(new Error(`no address after ${START_MS} ms:\n${said.join('\n')}`));
    }, START_MS);
    const listen = (line: string) => {
      said.push(line);
      const at = /Tengdi is at (http:\/\/\S+)/.exec(line)?.[1];
      if (!at) return;
      clearTimeout(timer);
      found(at.replace(/\/$/, ''));
    };
    createInterface({ input: child.stdout }).on('line', listen);
    createInterface({ input: child.stderr }).on('line', listen);
    child.once('error', fail);
    child.once('exit', (code) =>
      fail(new Error(`the server ended with ${code}:\n${said.slice(-20).join('\n')}`)),
    );
  });
  await ready(url);
  return {
    url,
    data,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dirname(data), { recursive: true, force: true });
    },
  };
}

async function ready(url: string): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error('the server did not become ready');
}

/** Makes a transition through the store, by another process than the server. */
export async function transition(
  data: string,
  thing: string,
  to: string,
  more: readonly string[] = [],
): Promise<string> {
  const database = process.env.TENGDI_DATABASE_URL;
  const where = database ? ['--database-url', database] : ['--data', data];
  const { stdout } = await run(binary(), ['transition', thing, '--to', to, ...where, ...more]);
  return stdout;
}

/** Writes the public's map into an archive that the server of the data folder hands out; gives the file. */
export async function exportMap(data: string, name: string, more: readonly string[] = []): Promise<string> {
  const database = process.env.TENGDI_DATABASE_URL;
  const where = database ? ['--database-url', database] : ['--data', data];
  mkdirSync(join(data, 'archives'), { recursive: true });
  const file = join(data, 'archives', `${name}.pmtiles`);
  await run(binary(), ['tiles', 'export', '-o', file, ...where, ...more]);
  return file;
}

/** Has everything proved that the database holds: the log, what is told of it, and the papers. */
export async function verify(data: string): Promise<string> {
  const database = process.env.TENGDI_DATABASE_URL;
  const where = database ? ['--database-url', database] : ['--data', data];
  const { stdout } = await run(binary(), ['verify', ...where]);
  return stdout;
}
