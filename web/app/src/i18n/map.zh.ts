/** Words over the map in Chinese: its tools, the time slider and the card of a cell. */
export const mapZh = {
  filter: {
    active: '当前筛选',
    remove: '去掉这一条件',
    clear: '全部去掉',
  },
  places: {
    notations: {
      wgs84: 'WGS 84 / CGCS2000',
      gcj02: 'GCJ-02（高德、腾讯）',
      bd09: 'BD-09（百度）',
      zone3: '3 度带',
      zone6: '6 度带',
    },
    zone: (n: number) => `第 ${n} 带`,
  },
  tools: {
    bar: '地图工具',
    open: '工具',
    names: {
      filter: '筛选',
      table: '属性表',
      measure: '量测',
      select: '圈选',
      remains: '剩余',
      compare: '对比',
      print: '制图',
      share: '分享',
      overlays: '叠加',
    },
    loading: '正在打开…',
    failed: '工具没能打开，请检查网络后再试。',
  },
  time: {
    open: '时间：看以前的状态',
    close: '关闭时间轴，回到今天',
    closeArchive: '关闭时间轴，回到存档当日',
    title: '时间轴',
    slider: '日期',
    day: '选某一天',
    play: '播放',
    pause: '暂停',
    back: '上一个月',
    forth: '下一个月',
    today: '今天',
    none: '所见地块没有历程记录，无法回看。',
    cells: '汇总格只有现状；放大到看见宗地，可回看当日状态。',
    shape: '范围按今天的边界，颜色按当日状态。',
  },
  archive: {
    title: '存档地图',
    named: (name: string) => `存档地图：${name}`,
    at: (day: string) => `截至 ${day} 日终`,
    made: (moment: string) => `${moment} 制成时的状态`,
    unknown: (name: string) => `没有名为“${name}”的存档地图。它可能已被撤下，或链接有误。`,
  },
  cell: {
    cover: (percent: string) => `占本格土地 ${percent}`,
    both: (mu: string, n: string) => `${mu} 亩 · ${n} 宗`,
    land: (mu: string) => `${mu} 亩`,
  },
};

export type MapWords = typeof mapZh;
