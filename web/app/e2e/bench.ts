import { COLOURS } from '../src/catalogue.gen.ts';
import { FILL_OPACITY } from '../src/map/options.ts';
import { PALETTES } from '../src/map/palette.ts';
import { everything } from './api.ts';
import { drawn, launch, look, mapBox, moveTo, openPage } from './browser.ts';
import { inside, zoomFor } from './geometry.ts';
import { blend, leading } from './png.ts';
import { server, transition } from './server.ts';

// Times a change made by another process until its colour is on the screen of an open map: a listed
// parcel is suspended and listed again. The figures hold a screenshot each (some 100 ms in software).
const ROUNDS = 10;
const FILLS = new Map(
  ['sale-listed', 'aside'].map((t) => [
    t,
    blend(COLOURS[t as keyof typeof COLOURS].light, PALETTES.light.ground, FILL_OPACITY),
  ]),
);

const site = await server();
const browser = await launch();
try {
  const listed = (await everything(site.url, 'parcels')).filter((p) => p.properties.status === 'listed');
  const [best] = listed
    .map((item) => ({ item, ...inside(item.geometry as never) }))
    .sort((a, b) => b.room - a.room);
  if (!best) throw new Error('the demo has no listed parcel');
  const { page } = await openPage(browser, site.url, '/map#mode=auction&theme=light');
  await drawn(page);
  await moveTo(page, { zoom: zoomFor(best.room, 70), lat: best.at[1], lng: best.at[0] });
  await page.locator('.live.live').waitFor();
  const whole: number[] = [];
  const after: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const [to, token] = i % 2 === 0 ? ['suspended', 'aside'] : ['listed', 'sale-listed'];
    const began = Date.now();
    let ended = 0;
    const command = transition(site.data, `parcels/${best.item.id}`, to, ['--reason', 'bench']).then(() => {
      ended = Date.now();
    });
    for (;;) {
      const box = await mapBox(page);
      const seen = leading(await look(page, { x: box.width / 2, y: box.height / 2 }, 60), FILLS);
      if (seen.name === token) break;
      if (Date.now() - began > 20_000) throw new Error(`not ${token} after 20 s`);
    }
    const painted = Date.now();
    await command;
    whole.push(painted - began);
    after.push(Math.max(0, painted - ended));
  }
  const median = (v: number[]) => [...v].sort((a, b) => a - b)[Math.floor(v.length / 2)];
  console.log('A change by another process, until its colour is on the screen');
  console.log(
    `  from the start of the command, median     ${median(whole)} ms (worst of ${ROUNDS} ${Math.max(...whole)})`,
  );
  console.log(
    `  from the end of the command, median       ${median(after)} ms (worst of ${ROUNDS} ${Math.max(...after)})`,
  );
} finally {
  await browser.close();
  await site.stop();
}
