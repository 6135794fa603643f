package geo

import "slices"

// Deed is a kind of thing that an account may do. Moves are not here: each move
// of a machine names its own roles.
type Deed string

// Deeds.
const (
	ReadLand        Deed = "read_land"        // what is not published, but for households
	ReadHouseholds  Deed = "read_households"  // files of households; each reading is recorded
	WriteHouseholds Deed = "write_households" // register, correct, visits and other records, files
	WriteAreas      Deed = "write_areas"      // correct areas and buildings, their records and files
	WriteParcels    Deed = "write_parcels"    // correct parcels, their records and files
	CorrectOffered  Deed = "correct_offered"  // correct what a notice told of a parcel
	WriteProblems   Deed = "write_problems"   // open and correct problems, their records and files
	ExtendProblems  Deed = "extend_problems"  // extend a deadline, escalate
	WriteProjects   Deed = "write_projects"   // open and correct projects, their records and files
	Publish         Deed = "publish"          // bulletins of an area's progress
	ImportLand      Deed = "import"           // import files of land
	KeepPeople      Deed = "keep_people"      // organisations, persons, assignments, boards
	KeepSettings    Deed = "keep_settings"    // calendar, thresholds, settings of the district
	KeepAccounts    Deed = "keep_accounts"    // accounts, roles, others' tokens
	ReadAudit       Deed = "read_audit"       // the whole log and who read which household
	StrikeOut       Deed = "strike_out"       // amend or strike what somebody else made
)

// Deeds lists all deeds, in the order of the table in docs/access.md.
func Deeds() []Deed {
	var out []Deed
	for _, d := range deedTable() {
		out = append(out, d.deed)
	}
	return out
}

// May says whether the role may do it, in its own areas where it has scope. The
// system may do everything, the public nothing.
func (r Role) May(d Deed) bool {
	if r == RoleSystem {
		return true
	}
	for _, row := range deedTable() {
		if row.deed == d {
			return slices.Contains(row.roles, r)
		}
	}
	return false
}

// Scoped says that the role reads and writes households, and writes anything, in
// its own areas only: those that its person, or its person's organisation or one
// above it, is assigned to today.
func (r Role) Scoped() bool { return r == RoleField }

// SecondFactor says that the role must sign in with a second factor.
func (r Role) SecondFactor() bool {
	return r == RoleLeader || r == RoleTrading || r == RoleAdmin
}

// Words tell a deed to people.
func (d Deed) Words() (zh, en string) {
	for _, row := range deedTable() {
		if row.deed == d {
			return row.zh, row.en
		}
	}
	return "", ""
}

type deedRow struct {
	deed   Deed
	zh, en string
	roles  []Role
}

// deedTable is the one table of who may do what.
func deedTable() []deedRow {
	all := Roles()
	return []deedRow{
		{ReadLand, "查看未公开的土地资料", "read what is not published", all},
		{ReadHouseholds, "查看住户档案", "read household files", []Role{RoleField, RolePlanner, RoleLeader, RoleSupervisor, RoleAdmin}},
		{WriteHouseholds, "办理住户档案", "write household files", []Role{RoleField, RolePlanner, RoleAdmin}},
		{WriteAreas, "办理片区与房屋档案", "write area and building files", []Role{RoleField, RolePlanner, RoleAdmin}},
		{WriteParcels, "办理宗地档案", "write parcel files", []Role{RolePlanner, RoleTrading, RoleAdmin}},
		{CorrectOffered, "更正已公告宗地", "correct what a notice told of a parcel", []Role{RoleSupervisor, RoleAdmin}},
		{WriteProblems, "登记与办理问题", "open problems and write their files", []Role{RoleField, RolePlanner, RoleTrading, RoleLeader, RoleSupervisor, RoleAdmin}},
		{ExtendProblems, "批准问题延期、提级", "extend and escalate problems", []Role{RoleLeader, RoleAdmin}},
		{WriteProjects, "登记与办理项目", "open projects and write their files", []Role{RolePlanner, RoleLeader, RoleAdmin}},
		{Publish, "发布片区进度通报", "publish bulletins of progress", []Role{RolePlanner, RoleLeader, RoleAdmin}},
		{ImportLand, "导入土地数据", "import land", []Role{RolePlanner, RoleAdmin}},
		{KeepPeople, "管理单位、人员、包联与板块", "keep organisations, persons, assignments, boards", []Role{RolePlanner, RoleLeader, RoleAdmin}},
		{KeepSettings, "管理日历、阈值与设置", "keep calendar, thresholds, settings", []Role{RoleAdmin}},
		{KeepAccounts, "管理账号与权限", "keep accounts", []Role{RoleAdmin}},
		{ReadAudit, "查阅审计记录", "read the audit log", []Role{RoleSupervisor, RoleAdmin}},
		{StrikeOut, "更正或划除他人的记录、划除他人的附件", "amend or strike out what somebody else recorded", []Role{RoleSupervisor, RoleAdmin}},
	}
}

// ReadDeed is what reading a collection's items takes of staff.
func ReadDeed(collection string) Deed {
	if collection == "households" {
		return ReadHouseholds
	}
	return ReadLand
}

// WriteDeed is what creating and correcting items of a collection takes, and
// writing their records and files. "" = nobody may.
func WriteDeed(collection string) Deed {
	switch collection {
	case "areas", "buildings":
		return WriteAreas
	case "parcels":
		return WriteParcels
	case "households":
		return WriteHouseholds
	case "problems":
		return WriteProblems
	case "projects":
		return WriteProjects
	case "organisations", "persons", "boards":
		return KeepPeople
	}
	return ""
}
