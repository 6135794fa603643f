/** Words of the sheet of shortcuts outside the desk, in Chinese. */
export const keysZh = {
  title: '键盘快捷键',
  close: '关闭',
  sheet: '打开本表',
  escape: '关闭详情、菜单或本表',
  tab: 'Tab 依次走过每个按钮、链接和输入框；页首第一个是“跳到列表”或“跳到正文”。',
  search: '搜索编号、名称或坐标',
  pan: '地图有焦点时：平移',
  zoom: '地图有焦点时：放大、缩小',
  rows: '列表有焦点时：上一条、下一条',
  month: '时间轴有焦点时：前后一个月；翻页键前后一年',
};

export type KeyWords = typeof keysZh;
