package geo

import "time"

// Organisation is a body that answers for something: a street, a community, a
// department that is contracted for an area (包项目单位), a command post (指挥部).
type Organisation struct {
	Code, Name string
	Kind       string // see OrganisationKinds
	Parent     string // code; "" = none
	AdminCode  string // 6, 9 or 12 digits
	Phone      string
	EndedOn    time.Time
}

// Person is somebody of the staff, by post. Residents are never persons here.
type Person struct {
	Code, Name   string
	Post         string // 区领导07, 网格员012
	Organisation string // code
	Login        string // the account, "" = none
	Phone        string
	EndedOn      time.Time
}

// Board is an investment board (板块), which areas and projects name.
type Board struct {
	Code, Name, NameEn string
	Theme              string
	Sort               int
	EndedOn            time.Time
}

// OrganisationKinds lists the kinds of bodies.
func OrganisationKinds() []Option {
	return []Option{
		{"street", "街道（乡镇）", "street"},
		{"community", "社区（村）", "community"},
		{"department", "部门", "department"},
		{"command_post", "指挥部", "command post"},
		{"trading", "交易中心", "trading centre"},
		{"reserve", "储备中心", "land reserve centre"},
		{"supervision", "督查机构", "supervision office"},
		{"other", "其他", "other"},
	}
}

// registerFields lists the properties of the registers' items: all for staff.
func registerFields(collection string) []Field {
	const pub, filter = true, true
	switch collection {
	case "households":
		return []Field{
			{"code", TextField, "编号", "Code", "", !pub, filter},
			{"status", TextField, "状态", "Status", "", !pub, filter},
			{"area", TextField, "片区编号", "Area code", "", !pub, filter},
			{"area_name", TextField, "片区", "Area", "", !pub, !filter},
			{"building", TextField, "房屋编号", "Building", "", !pub, filter},
			{"persons", IntField, "人口", "Persons", "", !pub, !filter},
			{"mode", TextField, "补偿方式", "Mode", "", !pub, filter},
			{"amount_wan", NumField, "补偿金额", "Compensation", "万元", !pub, !filter},
			{"surveyed_on", DateField, "摸底日", "Surveyed on", "", !pub, !filter},
			{"valued_on", DateField, "评估日", "Valued on", "", !pub, !filter},
			{"signed_on", DateField, "签约日", "Signed on", "", !pub, !filter},
			{"paid_on", DateField, "支付日", "Paid on", "", !pub, !filter},
			{"vacated_on", DateField, "腾空日", "Moved out on", "", !pub, !filter},
			{"visits", IntField, "走访次数", "Visits", "", !pub, !filter},
			{"visited_on", DateField, "最近走访", "Last visit", "", !pub, !filter},
			{"next_visit", DateField, "约定走访", "Next visit", "", !pub, !filter},
		}
	case "problems":
		return []Field{
			{"code", TextField, "编号", "Code", "", !pub, filter},
			{"status", TextField, "状态", "Status", "", !pub, filter},
			{"title", TextField, "问题", "Problem", "", !pub, !filter},
			{"kind", TextField, "类别", "Kind", "", !pub, filter},
			{"area", TextField, "片区编号", "Area code", "", !pub, filter},
			{"area_name", TextField, "片区", "Area", "", !pub, !filter},
			{"building", TextField, "房屋编号", "Building", "", !pub, filter},
			{"department", TextField, "责任单位", "Responsible body", "", !pub, filter},
			{"leader", TextField, "联系领导", "Leader", "", !pub, filter},
			{"measure", TextField, "攻坚措施", "Measure", "", !pub, !filter},
			{"opened_on", DateField, "挂号日", "Opened on", "", !pub, !filter},
			{"due", DateField, "清零时限", "Deadline", "", !pub, !filter},
			{"late_days", IntField, "逾期天数", "Days late", "days", !pub, !filter},
			{"light", TextField, "亮灯", "Light", "", !pub, filter},
			{"acted_on", DateField, "最近办理日", "Last action on", "", !pub, !filter},
			{"action", TextField, "最近办理", "Last action", "", !pub, !filter}, // verb, or verb/state, or verb/kind of record
			{"extensions", IntField, "延期次数", "Extensions", "", !pub, !filter},
			{"escalations", IntField, "提级次数", "Escalations", "", !pub, !filter},
			{"closed_on", DateField, "销号日", "Closed on", "", !pub, !filter},
		}
	case "organisations":
		return []Field{
			{"code", TextField, "编号", "Code", "", !pub, filter},
			{"name", TextField, "名称", "Name", "", !pub, filter},
			{"kind", TextField, "类别", "Kind", "", !pub, filter},
			{"parent", TextField, "上级单位", "Above", "", !pub, filter},
			{"admin_code", TextField, "行政代码", "Administrative code", "", !pub, filter},
			{"phone", TextField, "电话", "Telephone", "", !pub, !filter},
			{"ended_on", DateField, "停用日", "Ended on", "", !pub, !filter},
		}
	case "persons":
		return []Field{
			{"code", TextField, "编号", "Code", "", !pub, filter},
			{"name", TextField, "姓名", "Name", "", !pub, filter},
			{"post", TextField, "职务", "Post", "", !pub, filter},
			{"organisation", TextField, "单位", "Organisation", "", !pub, filter},
			{"login", TextField, "账号", "Account", "", !pub, filter},
			{"phone", TextField, "电话", "Telephone", "", !pub, !filter},
			{"ended_on", DateField, "离任日", "Left on", "", !pub, !filter},
		}
	case "boards":
		return []Field{
			{"code", TextField, "编号", "Code", "", !pub, filter},
			{"name", TextField, "名称", "Name", "", !pub, filter},
			{"name_en", TextField, "英文名称", "English name", "", !pub, !filter},
			{"theme", TextField, "主题", "Theme", "", !pub, !filter},
			{"sort", IntField, "次序", "Order", "", !pub, !filter},
			{"areas", IntField, "片区数", "Areas", "", !pub, !filter},
			{"projects", IntField, "项目数", "Projects", "", !pub, !filter},
			{"ended_on", DateField, "停用日", "Ended on", "", !pub, !filter},
		}
	}
	return nil
}
