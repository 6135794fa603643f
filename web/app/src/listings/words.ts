export interface ListingWords {
  readonly left: (days: number, hours: number, minutes: number, seconds: number) => string;
  readonly over: string;
  readonly pick: string;
  readonly picked: string;
  readonly compare: (n: number) => string;
  readonly clear: string;
  readonly drop: (name: string) => string;
  readonly tray: string;
  readonly full: string;
  readonly changed: string;
  readonly refresh: string;
  readonly lost: (read: string) => string;
  readonly failed: string;
  readonly mapFailed: string;
  readonly mapLabel: string;
  readonly key: string;
}

const zh: ListingWords = {
  left: (d, h, m, s) => (d > 0 ? `${d} 天 ${h} 小时 ${two(m)} 分` : `${h} 小时 ${two(m)} 分 ${two(s)} 秒`),
  over: '已截止',
  pick: '加入对比',
  picked: '已加入对比',
  compare: (n) => `对比 ${n} 宗`,
  clear: '清空',
  drop: (name) => `移出对比：${name}`,
  tray: '对比栏',
  full: '最多对比四宗',
  changed: '数据有更新',
  refresh: '刷新',
  lost: (read) => `连接已断开，以下为 ${read} 的数据，可能不是最新。`,
  failed: '未能更新结果，请检查网络后重试。',
  mapFailed: '地图无法显示，列表不受影响。',
  mapLabel: '宗地地图',
  key: '图例',
};

const en: ListingWords = {
  left: (d, h, m, s) => (d > 0 ? `${d} d ${h} h ${two(m)} min` : `${h} h ${two(m)} min ${two(s)} s`),
  over: 'closed',
  pick: 'Compare',
  picked: 'In the comparison',
  compare: (n) => `Compare ${n}`,
  clear: 'Clear',
  drop: (name) => `Take out of the comparison: ${name}`,
  tray: 'Comparison',
  full: 'Four at most',
  changed: 'The land has changed.',
  refresh: 'Refresh',
  lost: (read) => `The line is down. What you see is of ${read} and may be out of date.`,
  failed: 'The results could not be read. Check the connection and try again.',
  mapFailed: 'The map cannot be shown; the list works all the same.',
  mapLabel: 'Map of the parcels',
  key: 'Key',
};

function two(n: number): string {
  return String(n).padStart(2, '0');
}

export const w: ListingWords = document.documentElement.lang === 'en' ? en : zh;
