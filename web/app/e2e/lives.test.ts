import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { addDays, today } from '../src/staff/days.ts';
import type { ItemPage, Summary } from '../src/types.ts';
import { get, json } from './api.ts';
import { accessible } from './axe.ts';
import { openPage } from './browser.ts';
import { Cast } from './life.ts';
import {
  AREA,
  BUILDING,
  conditions,
  importLand,
  landFile,
  NEXT,
  offer,
  PARCEL,
  timelineOf,
} from './lifeland.ts';
import { AREA_STORY, HOUSEHOLD_STORY, PARCEL_STORY, PROBLEM_STORY } from './lifestory.ts';
import { verify } from './server.ts';
import { browser, site } from './plainstage.ts';

// One area, one household, one problem and one parcel, each walked through its whole life by those who
// may, in Chinese; and what a wrong order is answered. The tests stand on each other.
const NOW = today('Asia/Shanghai');
/** The day so many days ago; all that is entered here has a day of its own. */
const ago = (days: number) => addDays(NOW, -days);
/** The conditions of a parcel, all of them met on a day. */
const ready = (day: string) => ({ ...conditions(), 无争议: true, 办理日期: day }) as const;
const area = `areas/${AREA}`;
const building = `buildings/${BUILDING}`;
const parcel = `parcels/${PARCEL}`;
/** The server looks at its clocks every 15 seconds. */
const CLOCK = { timeout: 90_000 };
const OLD_NOTICE = '岳楼示告〔2026〕801号';

let cast: Cast;
let first: Summary;
let staffFirst: Summary;
let mu = '';
let household = '';
let problem = '';

before(async () => {
  cast = new Cast(browser, site.url);
  first = await json<Summary>(`${site.url}/api/summary`);
  staffFirst = await staffSummary();
});

async function staffSummary(query = ''): Promise<Summary> {
  const page = await cast.page('planner');
  return (await (await page.request.get(`${site.url}/api/summary${query}`)).json()) as Summary;
}

test('land that begins in the past comes by import, and the field worker gets its area', async () => {
  const planner = await cast.page('planner');
  mu = await importLand(planner, site.url, 'areas', landFile('areas'), ago(400));
  await importLand(planner, site.url, 'buildings', landFile('buildings'), ago(398));
  await importLand(planner, site.url, 'parcels', landFile('parcels'), ago(397));
  const answer = await planner.request.get(`${site.url}/api/collections/persons/items?login=field`);
  const [person] = ((await answer.json()) as ItemPage).features;
  assert.ok(person, 'the demo has a field worker');
  assert.ok(!(await cast.offered('field', building)).includes('identified'), 'not the own area yet');
  const duty = { 分工: '驻点办理', 人员: person.id, 自: ago(396) };
  await cast.record('planner', area, '包联分工', duty);
  await cast.make('planner', area, 'surveying', { 入户队伍: '摸底一组', 办理日期: ago(395) }, '入户摸底');
});

test('field work: a household, its building and a problem are registered and surveyed', async () => {
  household = await cast.create('field', 'households', '登记住户', '登记', {
    房屋编号: BUILDING,
    人口: '4',
    建档日期: ago(390),
  });
  problem = await cast.create('field', 'problems', '挂号登记新问题', '登记挂号', {
    片区: AREA,
    房屋编号: BUILDING,
    类别: '纠纷',
    问题: '北侧围墙与邻里权属有争议',
    建档日期: ago(389),
  });
  await cast.make(
    'field',
    building,
    'identified',
    { 合法性认定: '合法', 用途: '住宅', 建筑面积: '186.5', 办理日期: ago(388) },
    '已认定',
  );
  const survey = await cast.step('field', `households/${household}`, 'surveyed');
  await survey.fill({ 用途: '住宅', 建筑面积: '186.5', 合法性认定: '合法', 办理日期: ago(391) });
  await survey.refused(/早于上一事件/);
  await survey.fill({ 办理日期: ago(387) });
  await survey.done('已摸底');
  const value = { 评估机构: '示例评估所', 评估价值: '92', 办理日期: ago(380) };
  await cast.make('planner', `households/${household}`, 'valued', value, '已评估');
});

test('planner 10: a plan on display is not decided before its 30 days are over, and the reason is shown', async () => {
  const plan = await cast.step('planner', area, 'consulting');
  await plan.fill({ 补偿方案文件: '示方案1号', 公示开始: ago(375), 公示截止: ago(365), 办理日期: ago(375) });
  await plan.refused(/方案公示 10 日，不足 30 日/);
  await plan.fill({ 公示截止: ago(345) });
  await plan.done('方案公示');
  const decide = await cast.step('planner', area, 'decided');
  const papers = { 风险评估报告: '示评1号', 资金到位证明: '专户2号', 决定文号: '示征决1号' };
  await decide.fill({ ...papers, 公告日: ago(360), 办理日期: ago(360) });
  await decide.refused(/方案公示要到 .+ 才满期/);
  await decide.fill({ 公告日: ago(343), 办理日期: ago(343) });
  await decide.done('征收决定');
  const period = { 签约开始: ago(340), 签约截止: ago(300), '签约生效比例（0 至 1）': '0.9' };
  await cast.make('leader', area, 'signing', { ...period, 办理日期: ago(340) }, '签约');
});

test('a household signs, is paid and moves out, in this order', async () => {
  const file = `households/${household}`;
  await cast.make('field', file, 'negotiating', { 办理日期: ago(338) }, '协商中');
  const visit = { 走访日: ago(337), 事由: '讲解补偿方案', 结果: '同意' };
  await cast.record('field', file, '入户走访', visit);
  assert.deepEqual(await cast.offered('field', file), [], 'field workers do not sign');

  const vacating = await cast.step('leader', area, 'vacating');
  await vacating.fill({ 办理日期: ago(335) });
  await vacating.refused(/已签约 0 户，须达 1 户/);
  const sign = await cast.step('leader', file, 'signed');
  await sign.fill({ 协议编号: '示协1号', 方式: '产权调换', 金额: '6', 办理日期: ago(330) });
  await sign.refused(/产权调换须填房号/);
  await sign.fill({ 安置房号: '示例苑3-502' });
  await sign.done('已签约');
  assert.ok(!(await cast.offered('field', file)).includes('vacated'), 'not before payment');

  const empty = await cast.step('field', building, 'empty');
  await empty.fill({ 办理日期: ago(328) });
  await empty.refused(/还有 1 户未搬迁/);
  const pay = await cast.step('planner', file, 'paid');
  await pay.fill({ 凭证号: '示支1号', 累计支付: '5', 办理日期: ago(325) });
  await pay.refused(/已支付 5 万元，协议金额 6 万元/);
  await pay.fill({ 累计支付: '6' });
  await pay.done('已补偿');
  const leave = await cast.step('field', file, 'vacated');
  await leave.fill({ 交钥匙凭据: '钥匙收据1号', 办理日期: ago(326) });
  await leave.refused(/早于上一事件/, /才支付补偿；先补偿、后搬迁/);
  await accessible(leave.page, 'a household that moves out too early');
  await leave.fill({ 办理日期: ago(320) });
  await leave.done('已搬迁');
  await vacates();
});

async function vacates(): Promise<void> {
  await cast.make('leader', area, 'vacating', { 办理日期: ago(319) }, '腾空');
  await cast.make('field', building, 'empty', { 办理日期: ago(318) }, '已腾空');
  await cast.make(
    'planner',
    building,
    'demolition_permit',
    { 许可证号: '示拆许1号', 办理日期: ago(317) },
    '准予拆除',
  );
  const works = { 施工单位: '示例拆除公司', 安全方案备案: '示安备1号', 办理日期: ago(316) };
  await cast.make('planner', area, 'demolishing', works, '拆除');
}

test('land is neither accepted nor planned while a building stands and a problem is open', async () => {
  const accept = await cast.step('supervisor', area, 'cleared');
  await accept.fill({ 验收文号: '示验1号', 勘测定界成果: '示勘1号', 腾地面积: mu, 办理日期: ago(310) });
  await accept.refused(/还有 1 栋房屋未拆除也未保留/, /还有 1 个问题未销号/);
  const plan = await cast.step('planner', parcel, 'planned');
  await plan.fill({ ...conditions(), 办理日期: ago(310) });
  await plan.refused(/净地条件未齐备：.*无争议/, /宗地有 .+ 平方米在已腾净地之外/);
  const end = { 拆除方式: '机械拆除', 施工单位: '示例拆除公司', 办理日期: ago(308) };
  await cast.make('planner', building, 'demolished', end, '已拆除');
  await cast.make('field', building, 'site_cleared', { 清运记录: '示清1号', 办理日期: ago(306) }, '场地清运');
});

test('leader 5: a problem reported as solved stays open until somebody of supervision verifies it with evidence', async () => {
  const file = `problems/${problem}`;
  const assign = await cast.step('supervisor', file, 'assigned');
  await assign.fill({ 责任单位: '区住建局', 清零时限: ago(386), 办理日期: ago(385) });
  await assign.refused(/清零时限，且不早于交办日/);
  await assign.fill({ 清零时限: addDays(NOW, 10) });
  await assign.done('交办');
  await cast.make('field', file, 'in_progress', { 攻坚措施: '上门调解', 办理日期: ago(384) }, '办理中');

  const extend = async (granted: string, due: string) => {
    const step = await cast.step('leader', file, 'extension');
    await step.fill({ 批准日: granted, 新时限: due, 理由: '须与相邻片区一并处理' });
    return step;
  };
  await (await extend(ago(370), addDays(NOW, 5))).refused(/新时限须晚于原时限/);
  let page: Page | undefined;
  for (const [n, granted, due] of [
    [1, ago(370), addDays(NOW, 40)],
    [2, ago(350), addDays(NOW, 70)],
  ] as const) {
    const step = await extend(granted, due);
    await step.send();
    page = step.page;
    await page.locator('[data-record=extension]', { hasText: `已延期 ${n} 次` }).waitFor();
  }
  assert.ok(page);
  const third = page.locator('.step-button[data-record=extension]', { hasText: '最多延期两次' });
  await third.waitFor();
  assert.ok(await third.isDisabled(), 'a third extension is not offered');
  assert.equal(await page.locator('.record-actions').count(), 0, 'what was granted is not amended');
  await accessible(page, 'two extensions');

  await cast.make('admin', file, 'submitted', { 办结佐证: '调解笔录', 办理日期: ago(312) }, '报结');
  const own = await cast.step('admin', file, 'verified');
  await own.fill({ 核验单号: '示核0号', 办理日期: ago(311) });
  await own.refused(/报结人不能核验自己办理的问题/);
  const reject = { 理由: '围墙仍在，不予销号', 办理日期: ago(311) };
  await cast.make('supervisor', file, 'in_progress', reject, '办理中');
  const solved = { 办结佐证: '围墙拆除照片', 办理日期: ago(305) };
  await cast.make('field', file, 'submitted', solved, '报结');
  assert.deepEqual(await cast.offered('field', file), [], 'nobody closes the own problem');
  await cast.make('supervisor', file, 'verified', { 核验单号: '示核1号', 办理日期: ago(303) }, '已核验');
  await cast.make('supervisor', file, 'closed', { 办理日期: ago(302) }, '销号');
});

test('the area is accepted and handed over, the household closed with its new home', async () => {
  const accept = await cast.step('supervisor', area, 'cleared');
  await accept.fill({ 验收文号: '示验1号', 勘测定界成果: '示勘1号', 腾地面积: '500', 办理日期: ago(300) });
  await accept.refused(/腾地 500\.00 亩，与实地 .+ 亩.*不符/);
  await accept.fill({ 腾地面积: mu });
  await accept.done('清零（净地）');
  await cast.make('trading', area, 'handed_over', { 接收单: '示收1号', 办理日期: ago(295) }, '交地入库');

  const file = `households/${household}`;
  const close = await cast.step('supervisor', file, 'closed');
  await close.fill({ 归档号: '示档1号', 办理日期: ago(280) });
  await close.refused(/须已交付安置房/);
  const home = { 小区: '示例苑', 房号: '3-502', 分配日: ago(330), 交付日: ago(285) };
  await cast.record('planner', file, '安置房', home);
  await cast.make('supervisor', file, 'closed', { 归档号: '示档1号', 办理日期: ago(280) }, '办结');
});

test('a parcel is announced 20 days ahead, fails, and only the public notice shows it', async () => {
  await cast.make('planner', parcel, 'planned', ready(ago(290)), '拟出让');
  assert.equal(await cast.published(PARCEL), null);
  await cast.passer(PARCEL, async (page) => {
    await page.locator('.drawer [role=alert]').waitFor();
    assert.doesNotMatch(await page.locator('.drawer').innerText(), /拟出让|净地/);
  });
  const notice = await cast.step('trading', parcel, 'announced');
  await notice.fill({ ...offer(OLD_NOTICE, '1000', '1100'), 公告日: ago(270), 办理日期: ago(270) });
  await notice.fill({ 挂牌开始: ago(259), 挂牌截止: ago(238) });
  await notice.refused(/公告距挂牌开始 11 日，不足 20 日/);
  await notice.fill({ 挂牌开始: ago(250) });
  await notice.done('公告');
  await notice.page.locator('.file-marks .badge', { hasText: '挂牌' }).waitFor(CLOCK);

  const fail = await cast.step('trading', parcel, 'failed');
  await fail.fill({ 理由: '期满无人报价', 办理日期: ago(245) });
  await fail.refused(/挂牌到 .+ 才届满/);
  await fail.fill({ 办理日期: ago(238) });
  await fail.done('流拍');
  assert.equal((await cast.published(PARCEL))?.properties.status, 'failed');
  await cast.passer(PARCEL, async (page) => {
    const round = page.locator('.drawer .round').first();
    await round.getByText('流拍').waitFor();
    assert.match(await round.innerText(), /801号/);
  });
});

test('it is offered again with a notice of its own, sold for enough, paid, handed over and built on', async () => {
  await cast.make('trading', parcel, 'planned', { 理由: '调整起始价', 办理日期: ago(230) }, '拟出让');
  assert.equal(await cast.published(PARCEL), null, 'until its next notice');
  const notice = await cast.step('trading', parcel, 'announced');
  await notice.fill({ ...offer(OLD_NOTICE, '900', '950'), 公告日: ago(225), 办理日期: ago(225) });
  await notice.fill({ 挂牌开始: ago(205), 挂牌截止: ago(194) });
  await notice.refused(/公告编号 .+ 已用于此前的公告/);
  await notice.fill({ 公告或告知书编号: '岳楼示告〔2026〕802号' });
  await notice.done('公告');
  await notice.page.locator('.file-marks .badge', { hasText: '挂牌' }).waitFor(CLOCK);

  const sell = await cast.step('trading', parcel, 'sold');
  await sell.fill({ 成交价: '880', 竞得人: '示例置业公司', 办理日期: ago(194) });
  await sell.refused(/成交价不得低于起始价/, /成交价未达底价/);
  await sell.fill({ 成交价: '1210' });
  await sell.done('成交');
  const contract = { 合同编号: '示合1号', 电子监管号: '示监1号', 约定开工日: ago(120), 办理日期: ago(188) };
  await cast.make('trading', parcel, 'contracted', contract, '签合同');
  const early = await cast.step('trading', parcel, 'handed_over');
  await early.fill({ 累计支付: '500', 交地确认书编号: '示交1号', 现场照片: '四至照片', 办理日期: ago(180) });
  await early.refused(/至少缴纳成交价款的 50%/);
  const pay = await cast.step('trading', parcel, 'paid');
  await pay.fill({ 累计支付: '500', 凭证号: '示缴1号', 办理日期: ago(170) });
  await pay.refused(/须付清成交价款/);
  await pay.fill({ 累计支付: '1210' });
  await pay.done('付清价款');
  const handover = { 交地确认书编号: '示交1号', 现场照片: '四至照片', 办理日期: ago(165) };
  await cast.make('trading', parcel, 'handed_over', handover, '交地');
  await cast.make('planner', parcel, 'started', { 许可证号: '示施1号', 办理日期: ago(110) }, '开工');
  await cast.make('planner', parcel, 'completed', { 验收文号: '示竣1号', 办理日期: ago(5) }, '竣工');
});

test('a notice of today is not listed before its 20 days are over', async () => {
  const file = `parcels/${NEXT}`;
  await cast.make('planner', file, 'planned', ready(ago(290)), '拟出让');
  const terms = { ...offer('岳楼示告〔2026〕803号', '600', '650'), 公告日: NOW, 办理日期: NOW };
  const dates = { 挂牌开始: addDays(NOW, 20), 挂牌截止: addDays(NOW, 31) };
  await cast.make('trading', file, 'announced', { ...terms, ...dates }, '公告');
  const list = await cast.step('trading', file, 'listed');
  await list.refused(/公告要到 .+ 才满 20 日/, /挂牌 .+ 才开始/);
});

test('planner 6: the limits that were entered print on the sheet with the right signs', async () => {
  const { page, faults, close } = await openPage(browser, site.url, `/listings/${NEXT}/sheet`);
  await page.emulateMedia({ media: 'print' });
  const limits = {
    容积率: '1 ≤ x ≤ 2.5',
    '建筑密度（%）': 'x ≤ 30',
    '绿地率（%）': 'x ≥ 35',
    '限高（米）': 'x ≤ 60',
  };
  for (const [name, limit] of Object.entries(limits)) {
    const row = page.locator('.facts div', { has: page.getByText(name, { exact: true }) });
    assert.equal(await row.locator('dd').innerText(), limit, name);
  }
  assert.deepEqual(faults, []);
  await close();
});

test('leader 10: the files tell who did what, when, why and from what source', async () => {
  assert.deepEqual(await timelineOf(await cast.file('leader', `households/${household}`)), HOUSEHOLD_STORY);
  assert.deepEqual(await timelineOf(await cast.file('viewer', `problems/${problem}`)), PROBLEM_STORY);
  assert.deepEqual(await timelineOf(await cast.file('viewer', area), '状态变更'), AREA_STORY);
  const file = await cast.file('viewer', parcel);
  assert.deepEqual(await timelineOf(file, '状态变更'), PARCEL_STORY);
  const late = file.locator('.timeline .entry', { hasText: '补录' });
  assert.equal(await late.count(), PARCEL_STORY.length, 'what was entered afterwards says so');
  await accessible(file, 'the file of a completed parcel');
});

test('the public sees both rounds and the result, and nothing of the rest', async () => {
  const item = await cast.published(PARCEL);
  assert.equal(item?.properties.status, 'completed');
  assert.equal(item?.properties.deal_wan, 1210);
  for (const name of ['reserve_wan', 'contract_no', 'supervision_no'])
    assert.equal(item?.properties[name], undefined, name);
  await cast.passer(PARCEL, async (page) => {
    const rounds = page.locator('.drawer .round');
    await rounds.nth(1).waitFor();
    const [won, lost] = [rounds.nth(0), rounds.nth(1)];
    assert.match(await won.innerText(), /成交.*802号.*1,210/s);
    await lost.locator('summary').click();
    assert.match(await lost.innerText(), /流拍.*801号.*1,000/s);
    const text = await page.locator('.drawer').innerText();
    assert.match(text, /竣工/);
    assert.doesNotMatch(text, /底价|950|示合1号|经办|期满无人|拟出让/);
    await accessible(page, 'the public file of a parcel');
  });
  await cast.passer(NEXT, (page) => page.locator('.drawer .badge', { hasText: '公告' }).first().waitFor());
  for (const hidden of [
    `households/items/${household}`,
    `problems/items/${problem}`,
    `buildings/items/${BUILDING}`,
  ])
    assert.equal((await get(`${site.url}/api/collections/${hidden}`)).status, 404, hidden);
});

test('the figures have moved by what happened, today and on past days, and all of it is proved', async () => {
  const now = await json<Summary>(`${site.url}/api/summary`);
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 0.02, `${a} is not ${b}`);
  const count = (s: Summary, code: string) => s.parcels.by_status.find((r) => r.code === code)?.n ?? 0;
  assert.equal(now.areas.total, first.areas.total + 1);
  near(now.areas.plan_mu, first.areas.plan_mu + 65);
  near(now.areas.cleared_mu, first.areas.cleared_mu + Number(mu));
  assert.equal(now.parcels.total, first.parcels.total + 2);
  assert.equal(now.parcels.sold, first.parcels.sold + 1);
  near(now.parcels.sold_wan, first.parcels.sold_wan + 1210);
  assert.equal(count(now, 'completed'), count(first, 'completed') + 1);
  assert.equal(count(now, 'announced'), count(first, 'announced') + 1);
  assert.equal(now.households, undefined);
  const { surveyed = 0, signed = 0, moved = 0, demolished = 0 } = staffFirst.households ?? {};
  assert.deepEqual((await staffSummary()).households, {
    surveyed: surveyed + 1,
    signed: signed + 1,
    moved: moved + 1,
    demolished: demolished + 1,
  });
  for (const [day, known] of [
    [ago(331), { surveyed: 1, signed: 0, moved: 0, demolished: 0 }],
    [ago(330), { surveyed: 1, signed: 1, moved: 0, demolished: 0 }],
    [ago(308), { surveyed: 1, signed: 1, moved: 1, demolished: 1 }],
  ] as const)
    assert.deepEqual((await staffSummary(`?area=${AREA}&at=${day}`)).households, known, day);
  if (site.data !== '') assert.match(await verify(site.data), /^一致/);
  assert.deepEqual(cast.faults(), []);
});
