// What the walks of lives.test.ts should have left in the timelines, oldest first: what, by whom, why.

export const HOUSEHOLD_STORY = [
  '建档 field',
  '登记→已摸底 field',
  '已摸底→已评估 planner',
  '已评估→协商中 field',
  '登记入户走访（第 1 号） field',
  '协商中→已签约 leader',
  '登记安置房（第 1 号） planner',
  '已签约→已补偿 planner',
  '已补偿→已搬迁 field',
  '已搬迁→办结 supervisor',
];

export const PROBLEM_STORY = [
  '建档 field',
  '挂号→交办 supervisor',
  '交办→办理中 field',
  '登记延期（第 1 号） leader 须与相邻片区一并处理',
  '登记延期（第 2 号） leader 须与相邻片区一并处理',
  '办理中→报结 admin',
  '报结→办理中 supervisor 围墙仍在，不予销号',
  '办理中→报结 field',
  '报结→已核验 supervisor',
  '已核验→销号 supervisor',
  // Giving more time corrects the deadline, on the day on which it is entered.
  '更正登记内容 leader 须与相邻片区一并处理',
  '更正登记内容 leader 须与相邻片区一并处理',
];

export const AREA_STORY = [
  '谋划→入户摸底 planner',
  '入户摸底→方案公示 planner',
  '方案公示→征收决定 planner',
  '征收决定→签约 leader',
  '签约→腾空 leader',
  '腾空→拆除 planner',
  '拆除→清零（净地） supervisor',
  '清零（净地）→交地入库 trading',
];

export const PARCEL_STORY = [
  '入库储备→拟出让 planner',
  '拟出让→公告 trading',
  '公告→挂牌 系统',
  '挂牌→流拍 trading 期满无人报价',
  '流拍→拟出让 trading 调整起始价',
  '拟出让→公告 trading',
  '公告→挂牌 系统',
  '挂牌→成交 trading',
  '成交→签合同 trading',
  '签合同→付清价款 trading',
  '付清价款→交地 trading',
  '交地→开工 planner',
  '开工→竣工 planner',
];
