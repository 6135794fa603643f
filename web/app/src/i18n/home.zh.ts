/** Words of the first page in Chinese. */
export const homeZh = {
  skip: '跳到正文',
  title: (district: string) => `${district}腾地一张图`,
  here: '这里有',
  areas: (n: string) => `${n} 个片区`,
  parcels: (n: string) => `${n} 宗地`,
  projects: (n: string) => `${n} 个重大项目`,
  between: '、',
  end: '。',
  nothing: '这里还没有公开的片区和宗地；登录后可导入数据。',
  demo: '这是演示，数据均为虚构。需要登录的页面，用登录页上的演示账号即可。',
  asOf: (moment: string) => `数据截至 ${moment}`,
  needsSignIn: '需登录',
  planner: {
    title: '规划与征收',
    says: [
      '地图上是每个片区、宗地和建筑今天的状态，时间轴上可选看以前任何一天。',
      '图例、筛选、列表和统计口径一致，点哪里都能追到那块地的历程。',
      '登录后可导入数据、推进状态、查看问题和户数统计。',
    ],
    links: {
      open: '打开地图',
      unplanned: '已腾地、还没规划的地',
      late: '逾期的片区',
      offer: '在售的宗地',
      past: '一年前的样子',
    },
  },
  investor: {
    title: '投资与拿地',
    says: [
      '公告、在售和成交的宗地都在这里，不用登录。',
      '每宗地有规划条件、起始价、截止时间和示意图，可并排比较，可打印成一页。',
      '把筛选结果存成链接或订阅，有新地就知道；看中了可直接留言。',
    ],
    links: { open: '看在售的地', housing: '住宅用地，按每亩单价从低到高', calendar: '竞价日历' },
  },
  leader: {
    title: '调度与决策',
    says: [
      '一行数字说清全区进度，比 7 天前变了多少；点开就是明细。',
      '每盏红灯用一句话说出原因和数字，落后最多的片区排在最前。',
      '例会、大屏和周报与看板是同一组数，可看任意一天。',
    ],
    links: { open: '打开看板', meeting: '例会视图', work: '我的工作' },
  },
};

export type HomeWords = typeof homeZh;
