import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { parseBlock, PlainStream } from '../src/eventstream.ts';

let url = '';
let answer: (res: ServerResponse) => void = () => {};
const asked: Record<string, string | string[] | undefined>[] = [];
const server = createServer((req, res) => {
  asked.push(req.headers);
  answer(res);
});

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

test('a block of a stream is an event with its data; a comment is none', () => {
  assert.deepEqual(parseBlock('id: 7\nevent: hello\ndata: {"revision":7}'), {
    type: 'hello',
    data: '{"revision":7}',
  });
  assert.deepEqual(parseBlock('data: a\r\ndata:b'), { type: 'message', data: 'a\nb' });
  for (const block of ['', ': still here', 'retry: 2000', 'event: hello'])
    assert.equal(parseBlock(block), null);
});

test('events come whole, however the bytes are cut, and the end of the stream is told', async () => {
  answer = (res) => {
    res.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    const bytes = Buffer.from(
      ': hi\n\nretry: 2000\nevent: hello\ndata: {"district":"岳阳楼"}\n\nevent: change\ndata: 1\n\nevent: cut\ndata: ',
    );
    for (const b of bytes) res.write(Buffer.of(b));
    res.end();
  };
  const heard: string[] = [];
  const stream = new PlainStream(url);
  for (const type of ['hello', 'change', 'cut', 'message'])
    stream.addEventListener(type, (e) => heard.push(`${type} ${(e as MessageEvent<string>).data}`));
  await new Promise<void>((done) => stream.addEventListener('error', () => done()));
  assert.deepEqual(heard, ['hello {"district":"岳阳楼"}', 'change 1']);
  assert.equal(stream.readyState, 2);
});

test('an answer that is no stream is an error', async () => {
  answer = (res) => res.writeHead(429).end('busy');
  const stream = new PlainStream(url);
  await new Promise<void>((done) => stream.addEventListener('error', () => done()));
  assert.equal(stream.readyState, 2);
});

test('a closed stream says no more', async () => {
  const gone = new Promise<void>((done) => {
    answer = (res) => {
      res.setHeader('Content-Type', 'text/event-stream');
      res.write('event: hello\ndata: 1\n\n');
      res.on('close', done);
    };
  });
  const stream = new PlainStream(url);
  let errors = 0;
  stream.addEventListener('error', () => errors++);
  await new Promise<void>((done) => stream.addEventListener('hello', () => done()));
  stream.close();
  await gone;
  assert.equal(errors, 0);
  assert.equal(stream.readyState, 2);
});
