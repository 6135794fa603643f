import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Item } from '../src/types.ts';
import { get } from './api.ts';
import { DESKTOP, openPage, type Watched } from './browser.ts';
import { login } from './steps.ts';

/** The people of a walk through the files: a browser each, signed in when first asked for. */
export class Cast {
  private readonly pages = new Map<string, Watched>();
  constructor(
    private readonly browser: Browser,
    readonly base: string,
  ) {}

  async page(role: string): Promise<Page> {
    let watched = this.pages.get(role);
    if (!watched) {
      watched = await openPage(this.browser, this.base, '/livez', { viewport: DESKTOP });
      await login(watched.page, this.base, role);
      this.pages.set(role, watched);
    }
    return watched.page;
  }

  /** Opens the file of a thing as somebody, as it stands now. */
  async file(role: string, path: string): Promise<Page> {
    const page = await this.page(role);
    await page.goto(`${this.base}/${path}`);
    await page.locator('.file-head h1').waitFor();
    return page;
  }

  /** Opens the form of a step of a thing. */
  async step(role: string, path: string, to: string): Promise<Step> {
    const page = await this.file(role, path);
    const button = page.locator(`.step-button[data-to="${to}"], .step-button[data-record="${to}"]`).first();
    const folded = page.locator('.steps details', { has: button });
    if ((await folded.count()) > 0) await folded.locator('summary').click();
    await button.click();
    return new Step(page, page.locator('.step-form form'));
  }

  /** Makes a step: what the form asks for is filled in by the labels of its inputs. */
  async make(role: string, path: string, to: string, values: Values, done: string): Promise<void> {
    const step = await this.step(role, path, to);
    await step.fill(values);
    await step.done(done);
  }

  /** Adds a record to the file of a thing. */
  async record(role: string, path: string, kind: string, values: Values): Promise<void> {
    const page = await this.file(role, path);
    await page.getByRole('tab', { name: kind }).click();
    await page.getByRole('button', { name: `登记${kind}`, exact: true }).click();
    const form = new Step(page, page.locator('#kind-panel .edit-box form'));
    await form.fill(values);
    await form.send();
    await page.locator('.file-done', { hasText: `已登记：${kind}` }).waitFor();
  }

  /** Makes a new thing from its list, and answers its code. */
  async create(role: string, list: string, open: string, send: string, values: Values): Promise<string> {
    const page = await this.page(role);
    await page.goto(`${this.base}/${list}`);
    await page.getByRole('button', { name: open, exact: true }).click();
    const form = page.locator('.new-item form');
    await new Step(page, form).fill(values);
    await form.getByRole('button', { name: send, exact: true }).click();
    await page.waitForURL((u) => u.pathname.startsWith(`/${list}/`));
    return decodeURIComponent(new URL(page.url()).pathname.split('/').pop() ?? '');
  }

  /** The states that a role is offered from where a thing stands. */
  async offered(role: string, path: string): Promise<string[]> {
    const page = await this.file(role, path);
    const names = await page
      .locator('.step-button')
      .evaluateAll((all) => all.map((b) => (b as HTMLElement).dataset.to ?? ''));
    return names.filter((n) => n !== '');
  }

  /** What somebody without an account is told of the parcel; null when nothing. */
  async published(code: string): Promise<Item | null> {
    const answer = await get(`${this.base}/api/collections/parcels/items/${code}`);
    if (answer.status === 404) return null;
    assert.equal(answer.status, 200);
    return (await answer.json()) as Item;
  }

  /** Looks at the parcel on the public map, in a browser of its own. */
  async passer(code: string, look: (page: Page) => Promise<void>): Promise<void> {
    const path = `/map#mode=auction&sel=parcels/${code}`;
    const visit = await openPage(this.browser, this.base, path, { viewport: DESKTOP });
    await look(visit.page);
    assert.deepEqual(visit.faults, []);
    await visit.close();
  }

  /** What the pages should not have done. */
  faults(): string[] {
    return [...this.pages].flatMap(([role, { faults }]) => faults.map((f) => `${role}: ${f}`));
  }

  async close(): Promise<void> {
    for (const { close } of this.pages.values()) await close();
  }
}

/** What a form is filled with, by the Chinese labels of its inputs. */
export type Values = Readonly<Record<string, string | true>>;

/** An open form of a file. */
export class Step {
  constructor(
    readonly page: Page,
    readonly form: Locator,
  ) {}

  async fill(values: Values): Promise<void> {
    for (const [label, value] of Object.entries(values)) await this.input(label, value);
  }

  private async input(label: string, value: string | true): Promise<void> {
    const whole = label.replace(/[()（）]/g, '\\$&');
    const input = this.form.getByLabel(new RegExp(`^${whole}\\s*\\*?\\s*(?:仅内部可见)?$`));
    if (value === true) return input.check();
    const kind = await input.evaluate((el) => el.getAttribute('role') ?? el.tagName);
    if (kind === 'SELECT') {
      await input.selectOption({ label: value });
      return;
    }
    await input.fill(value);
    if (kind !== 'combobox') return;
    await this.form.getByRole('option', { name: value }).first().click();
    assert.equal(await input.inputValue(), value, `${label} is chosen from the list`);
  }

  async send(): Promise<void> {
    // What an earlier try was answered is not the answer to this one.
    await this.form.locator('.form-problem, .fault').evaluateAll((all) => {
      for (const el of all) el.setAttribute('data-old', '');
    });
    await this.form.locator('button[type=submit]').click();
  }

  /** Sends the form, which is refused for these reasons and no others. */
  async refused(...reasons: readonly RegExp[]): Promise<void> {
    await this.send();
    const said = this.form.locator('.form-problem:not([data-old]) .reasons li');
    const told = async () => (await said.allInnerTexts()).join('\n');
    await said.first().waitFor();
    for (const why of reasons) await said.filter({ hasText: why }).waitFor();
    assert.equal(await said.count(), reasons.length, await told());
    assert.ok(await this.form.locator('.form-allowed').isVisible(), 'and says which steps there are');
  }

  /** Sends the form, which is done; the thing is then in the state of that name. */
  async done(state: string): Promise<void> {
    await this.send();
    const done = this.page.locator('.file-done', { hasText: `已变更为“${state}”` });
    const stopped = this.form.locator('.form-problem:not([data-old]), .fault:not([data-old])').first();
    await done.or(stopped).first().waitFor();
    if (!(await done.isVisible())) assert.fail(`not “${state}”: ${await this.form.innerText()}`);
    await this.page.locator('.file-marks .badge', { hasText: state }).waitFor();
  }
}
