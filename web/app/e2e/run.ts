import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { server } from './server.ts';

// Starts one server for all browser tests and runs them, one file after the other.
const tests = readdirSync(import.meta.dirname).filter((f) => f.endsWith('.test.js'));
const shared = await server();
const env = { ...process.env, TENGDI_URL: shared.url, TENGDI_DATA: shared.data };
// A file that hangs fails by its name; the slowest takes a tenth of it on a machine at rest.
const args = [
  '--test',
  '--test-concurrency=1',
  '--test-timeout=1800000',
  ...tests.map((f) => join(import.meta.dirname, f)),
];
const child = spawn(process.execPath, args, { stdio: 'inherit', env });
const code = await new Promise<number>((done) => child.once('exit', (c) => done(c ?? 1)));
await shared.stop();
process.exitCode = code;
