package exchange

import (
	"strings"

	"tengdi/geo"
)

// alias is another name of a field, reduced as keyOf does.
type alias struct {
	name string
	unit Unit
	poor bool // a row counter rather than a code
}

func names(list string) []alias {
	var out []alias
	for n := range strings.FieldsSeq(list) {
		out = append(out, alias{name: keyOf(n).name})
	}
	return out
}

func inUnit(u Unit, list string) []alias {
	out := names(list)
	for i := range out {
		out[i].unit = u
	}
	return out
}

func poor(list string) []alias {
	out := names(list)
	for i := range out {
		out[i].poor = true
	}
	return out
}

func join(lists ...[]alias) []alias {
	var out []alias
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// ImportFields lists what an import of a layer can fill. A status is not among
// them: it changes by a transition only, and so do the fields that are Ignored,
// which are listed so that their columns can be told of. The aliases are the column names of
// Chinese cadastral and survey tables (TD/T 1015, TD/T 1016, the national
// market site's field names), their usual pinyin initials, and English.
func ImportFields(layer geo.Layer) []FieldSpec {
	code := FieldSpec{Name: "code", Zh: "编号", En: "code", Required: true, aliases: codeAliases(layer)}
	name := FieldSpec{Name: "name", Zh: "名称", En: "name", aliases: names(
		"名称 地块名称 宗地名称 片区名称 项目名称 dkmc zdmc xmmc pqmc mc nm title label 名字 标题 nome naam bezeichnung")}
	street := FieldSpec{Name: "street", Zh: "街道", En: "street", aliases: names(
		"街道 街道代码 街道名称 乡镇街道 镇街 乡镇 xzjd jddm jdmc jd xzqdm xiangzhen township subdistrict")}
	areaCode := FieldSpec{Name: "area", Zh: "片区编号", En: "area code", aliases: names(
		"片区编号 片区代码 所属片区 片区 pqbh pqdm areacode")}
	survey := FieldSpec{Name: "survey_m2", Zh: "勘测面积", En: "survey area", Unit: SquareMetre, aliases: join(
		inUnit(SquareMetre, "勘测面积 实测面积 宗地面积 地块面积 用地面积 图斑面积 净地面积 面积 scmj zdmj dkmj ydmj tbmj mj "+
			"surveyarea aream2 sqm m2 平方米 mj平方米 面积平方米 面积m2"),
		inUnit(Hectare, "公顷 面积公顷 hectares hectare ha areaha surveyha mjgq mjha"),
		inUnit(Mu, "亩 亩数 面积亩 实测面积亩 scmjm mjm mjmu mu areamu surveymu zdmjm"),
	)}
	switch layer {
	case geo.AreaLayer:
		return []FieldSpec{
			code, name, street, survey,
			{Name: "board", Zh: "板块", En: "board", aliases: names("板块 招商板块 bk sector")},
			{Name: "batch", Zh: "批次", En: "batch", aliases: names("批次 pc")},
			{Name: "leader", Zh: "联系领导", En: "leader", aliases: names("联系领导 领导岗位 lxld")},
			{Name: "department", Zh: "责任单位", En: "responsible body", aliases: names("责任单位 包项目单位 牵头单位 zrdw")},
			{Name: "plan_mu", Zh: "计划腾地", En: "planned mu", Unit: Mu, aliases: join(
				inUnit(Mu, "计划腾地 计划亩 计划亩数 计划面积亩 拟腾地亩 jhm jhtd planmu"),
				inUnit(Hectare, "planha 计划公顷"), inUnit(SquareMetre, "planm2 计划平方米"))},
			{Name: "decision_no", Zh: "征收决定文号", En: "decision no.", Ignored: true, aliases: names("征收决定文号 决定文号 文号 zsjdwh jdwh wh")},
			{Name: "decided_on", Zh: "征收决定日", En: "decided on", Ignored: true, aliases: names("征收决定日 征收决定日期 决定日期 jdrq")},
			{Name: "deadline", Zh: "清零期限", En: "deadline", aliases: names("清零期限 清零时限 完成时限 期限 qlqx wcsx")},
		}
	case geo.ParcelLayer:
		return []FieldSpec{
			code, name, areaCode, street, survey,
			{Name: "address", Zh: "坐落", En: "address", aliases: names("坐落 土地坐落 宗地坐落 地块坐落 位置 地址 zl tdzl zdzl addr location")},
			{Name: "land_use", Zh: "用途代码", En: "land use", aliases: names(
				"地类编码 地类代码 用途代码 规划用途代码 土地用途 规划用途 用途 地类 dlbm dldm ghyt tdyt yt ytdm landuse use usecode")},
			{Name: "industry", Zh: "目标产业", En: "target industry", aliases: names("目标产业 产业 行业 hyfl cy")},
		}
	case geo.BuildingLayer:
		return []FieldSpec{
			code, areaCode,
			{Name: "legal", Zh: "认定", En: "finding", aliases: names("认定 合法性 违建认定 认定结果 rdjg hfx legalstatus")},
			{Name: "use", Zh: "用途", En: "use", aliases: names("用途 房屋用途 fwyt yt")},
			{Name: "tenure", Zh: "权属", En: "tenure", aliases: names("权属 产权性质 房屋性质 产别 cqxz fwxz cb")},
			{Name: "floors", Zh: "层数", En: "floors", aliases: names("层数 总层数 楼层数 zcs cs floor levels buildinglevels")},
			{Name: "floor_m2", Zh: "建筑面积", En: "floor area", Unit: SquareMetre, aliases: inUnit(SquareMetre,
				"建筑面积 总建筑面积 实测建筑面积 jzmj zjzmj scjzmj grossfloorarea gfa floorarea")},
			{Name: "households", Zh: "户数", En: "households", aliases: names("户数 住户数 总户数 hs zhs")},
		}
	}
	return nil
}

// codeAliases puts codes by law before codes of a file, and those before
// counters.
func codeAliases(layer geo.Layer) []alias {
	own := ""
	switch layer {
	case geo.AreaLayer:
		own = "片区编号 片区代码 项目编号 项目代码 pqbh pqdm xmbh xmdm adcode "
	case geo.ParcelLayer:
		own = "宗地代码 宗地编号 宗地号 地块编号 地块编码 地块代码 地块号 不动产单元号 zddm zdbh zdh dkbm dkbh dkdm dkh bdcdyh "
	case geo.BuildingLayer:
		own = "房屋编号 房屋代码 建筑编号 楼栋编号 幢号 fwbh fwdm jzbh zh "
	}
	return join(names(own+"编号 编码 代码 bh bm dm 标识码 bsm identifier ref reference"),
		names("id gid"), poor("objectid oid fid 序号 xh rowid"))
}
