package geo

// Figure is one figure that a screen, a sheet or an answer may show. Its
// definition is one sentence in each language, quoted by tooltips, by docs/data.md
// and by the notes of the spreadsheets.
type Figure struct {
	Code         string
	Zh, En       string
	Unit         string // households, mu, %, 万元, 万元/亩, per day, days; "" = a number of things
	DefZh, DefEn string
	Rows         string // the list that has the rows of a figure, as a path of the site with its filter: the areas where it is of households or land; "" = none
	Public       bool   // told to everybody, of what is published
}

// Figures lists them in the order in which they are read.
func Figures() []Figure {
	const pub = true
	return []Figure{
		{"areas", "片区数", "Areas", "", "全部棚改片区的数量。", "How many redevelopment areas there are.", "/areas", pub},
		{"plan_mu", "计划腾地", "Planned land", "mu", "各片区计划腾地面积之和。", "Land that the areas plan to clear, added up.", "/areas", pub},
		{"cleared_mu", "已腾地", "Cleared land", "mu", "截至当日已验收净地的法定面积之和；验收被退回的部分不计。", "Official area of the land accepted as cleared by the day, added up; what a step back took back does not count.", "/areas", pub},
		{"cleared_rate", "清零率", "Cleared rate", "%", "已腾地面积 ÷ 计划腾地面积。", "Cleared land over planned land.", "/areas", pub},
		{"handed_mu", "已交地", "Handed over", "mu", "已交地入库片区的净地面积之和。", "Cleared land of the areas that are handed over to the reserve.", "/areas?status=handed_over", !pub},
		{"surveyed", "摸底户数", "Surveyed households", "households", "截至当日完成入户摸底的住户；进入后续阶段的仍计。", "Households that were surveyed by the day, also those that went on.", "/areas", !pub},
		{"signed", "签约户数", "Signed", "households", "截至当日已签订补偿协议的住户；进入后续阶段的仍计。", "Households that had signed by the day, also those that went on.", "/areas", !pub},
		{"vacated", "腾空户数", "Moved out", "households", "截至当日已搬离的住户。", "Households that had moved out by the day.", "/areas", !pub},
		{"demolished", "拆除户数", "Demolished", "households", "已搬离且房屋已拆除、自拆、强拆或清场的住户。", "Households that moved out of a building that is gone: demolished, removed or its site cleared.", "/areas", !pub},
		{"signed_rate", "签约率", "Signed rate", "%", "签约户数 ÷ 摸底户数。", "Households signed over those surveyed.", "/areas", !pub},
		{"vacated_rate", "腾空率", "Moved-out rate", "%", "腾空户数 ÷ 摸底户数。", "Households moved out over those surveyed.", "/areas", !pub},
		{"demolished_rate", "拆除率", "Demolished rate", "%", "拆除户数 ÷ 摸底户数。", "Households demolished over those surveyed.", "/areas", !pub},
		{"pace", "签约速度", "Pace", "per day", "最近 14 天（含当日）平均每天签约户数。", "Households signed per day over the last 14 days, the day included.", "", !pub},
		{"needed_pace", "所需速度", "Needed pace", "per day", "未签约户数 ÷ 距清零期限天数。", "Households not signed over the days left to the deadline.", "", !pub},
		{"forecast", "预计完成日", "Forecast", "", "当日 + 未签约户数 ÷ 签约速度；无人签约时不预计。", "The day plus households not signed over the pace; none while nobody signs.", "", !pub},
		{"days_left", "距期限天数", "Days left", "days", "清零期限减当日，负数为逾期。", "The deadline less the day; negative is overdue.", "/areas", !pub},
		{"light", "预警灯", "Light", "", "进度灯与红灯问题中较重者；计划为征收决定日至清零期限的直线，实际为签约、腾空、拆除率的平均。", "The worse of the schedule and a red problem; the plan is the straight line from decision to deadline, held against the mean of the signed, moved-out and demolished rates.", "/areas", !pub},
		{"late_areas", "逾期片区", "Late areas", "", "已过清零期限而未清零、未交地、未归档、未撤销的片区。", "Areas past their deadline and not cleared, handed over, closed or cancelled.", "/areas?only=late", !pub},
		{"problems_open", "未销号问题", "Open problems", "", "尚未销号的问题；已核验未销号的仍计。", "Problems that are not closed; verified ones still count as open.", "/problems?stand=open", !pub},
		{"problems_overdue", "逾期问题", "Overdue problems", "", "未销号且清零时限已过的问题。", "Open problems whose deadline has passed.", "/problems?stand=overdue", !pub},
		{"sold", "成交宗数", "Parcels sold", "", "成交及其后各状态的宗地；作废的不计。", "Parcels sold or further on; voided deals do not count.", "/parcels?sold=1", pub},
		{"sold_mu", "成交面积", "Sold land", "mu", "成交宗地的法定面积之和。", "Official area of the parcels sold.", "/parcels?sold=1", pub},
		{"sold_wan", "成交价款", "Sold for", "万元", "成交宗地本轮成交价之和。", "Deals of the parcels sold, added up.", "/parcels?sold=1", pub},
		{"price_per_mu_wan", "亩均价", "Price per mu", "万元/亩", "成交价款 ÷ 成交面积。", "What land was sold for over its size.", "/parcels?sold=1", pub},
		{"premium", "溢价率", "Premium", "%", "（成交价 − 起始价）÷ 起始价，按起始价加权。", "Deals less start prices over start prices, so weighted by the start price.", "/parcels?sold=1", pub},
		{"failed", "流拍", "Failed rounds", "", "流拍的轮次，计入流拍当季；退回更正的不计。", "Rounds that failed, in the quarter in which they did; what a step back took back does not count.", "/parcels?status=failed", !pub},
		{"conversion", "供地转化率", "Land conversion", "%", "成交面积 ÷ 已腾地面积。", "Sold land over cleared land.", "/parcels", pub},
		{"projects", "重大项目", "Projects", "", "投资管道内全部项目，含已终止；网上咨询自工作人员接手（转入线索之后的阶段）起计入。", "All projects of the pipeline, dropped ones too; an enquiry from the listings from when staff take it over, into a stage beyond the lead.", "/projects", pub},
		{"over_1yi", "亿元以上项目", "Projects over 100 million", "", "计划投资 1 亿元及以上的重大项目。", "Those of the projects with a planned investment of 100,000,000 yuan or more.", "/projects?over_1yi=1", pub},
		{"amount_wan", "计划投资", "Investment", "万元", "重大项目计划投资之和。", "Planned investment of the projects, added up.", "/projects", pub},
		{"moves", "当月变动", "Moves of a month", "", "符合筛选的对象在当月记录的状态变动次数，含退回；公众只计已公布的变动。", "Moves in the month of the things that the filter keeps, steps back too; for the public only those that are published.", "", pub},
		{"reached", "累计到达", "Reached", "", "曾到达该阶段或更后阶段的项目，含其后终止的。", "Projects that came to this stage or beyond, also those dropped later.", "/projects", !pub},
	}
}
