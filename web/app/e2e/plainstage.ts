import { after } from 'node:test';
import { launch } from './browser.ts';
import { server } from './server.ts';

/** As in stage.ts, with a browser that draws no maps: for pages whose texts and forms are judged. */
export const site = await server();
export const browser = await launch(false);

after(async () => {
  await browser.close();
  await site.stop();
});
