/** Words of the map in a frame of another site, in Chinese. */
export const embedZh = {
  open: '打开完整地图',
  openThing: '看详情',
  newWindow: '（新窗口）',
  legend: '图例',
  legendClose: '收起图例',
  close: '关闭',
  by: '腾地',
  noMap: '此浏览器无法绘制地图，请打开完整地图查看列表。',
};

export type EmbedWords = typeof embedZh;
