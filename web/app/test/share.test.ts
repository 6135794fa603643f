import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameCode, framedHash, frameSize, qrHref, QR_MAX, sharedHash } from '../src/share.ts';
import { formatHash, parseHash, START, type ViewState } from '../src/url.ts';

const VIEW: ViewState = {
  ...START,
  camera: { zoom: 14.25, lat: 29.37, lng: 113.12 },
  mode: 'auction',
  sel: { collection: 'parcels', code: '岳2018-06号' },
  hide: ['sold'],
  date: '2018-06-30',
  filter: { area: 'YYL-12', 'status.areas': 'signing' },
  tab: 'parcels',
  q: '东风湖',
};

test('a shared link opens exactly the view, in the language of who shared it, without the panel', () => {
  const opened = parseHash(sharedHash({ ...VIEW, tool: 'share' }, 'en'));
  assert.deepEqual(opened, { ...VIEW, lang: 'en', tool: null });
});

test('two days that are compared are shared as two days', () => {
  const opened = parseHash(sharedHash({ ...VIEW, tool: 'share', with: '2019-01-01' }, 'zh-CN'));
  assert.equal(opened.tool, 'compare');
  assert.equal(opened.with, '2019-01-01');
});

test('a frame shows the same land, filter and day, and nothing of what stands beside the map', () => {
  const opened = parseHash(framedHash({ ...VIEW, tool: 'share', with: '2019-01-01' }, 'en', 'dark'));
  assert.deepEqual(opened, { ...VIEW, tab: null, q: '', lang: 'en', theme: 'dark' });
});

test('the code for a page cannot be broken out of, whatever the district is called', () => {
  const code = frameCode(
    `https://land.example.cn/embed#${formatHash(VIEW)}`,
    `"><script>alert(1)</script>&'`,
    800,
    520,
  );
  assert.equal(code.match(/[<>]/g)?.length, 4, code);
  assert.match(
    code,
    /^<iframe src="https:\/\/land\.example\.cn\/embed#v=[^"<>]+&amp;[^"<>]+" title="&quot;&gt;/,
  );
  assert.match(code, / width="800" height="520" /);
});

test('a frame is as large as was asked for, within what works', () => {
  assert.deepEqual(
    [800.4, 10, 1e9, Number.NaN, -1].map((n) => frameSize(n, 320)),
    [800, 320, 4000, 320, 320],
  );
});

test('a path that is too long for a QR code has none', () => {
  assert.equal(qrHref('/map#v=1/2/3&q=a b'), '/qr?path=%2Fmap%23v%3D1%2F2%2F3%26q%3Da%20b');
  assert.notEqual(qrHref(`/${'a'.repeat(QR_MAX - 1)}`), null);
  assert.equal(qrHref(`/${'地'.repeat(QR_MAX / 3 + 1)}`), null);
});
