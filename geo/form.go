package geo

// Draft asks for a new thing. Areas, parcels and buildings come by import, with
// their shapes; everything else is made so.
type Draft struct {
	Collection string
	Code       string // "" = the store gives the next number, where the collection numbers
	On         Day    // when it began; 0 = today
	Values     map[string]string
}

// Edit asks for other values of a thing. What is not named stays; "" empties.
type Edit struct {
	Collection string
	Code       string
	Version    int // that the caller saw; 0 = whichever (command line)
	Values     map[string]string
	Reason     string
}

// CreateInputs lists what a new item of a collection takes, in the order of the
// form; nil where nothing is made by hand.
func CreateInputs(collection string) []DataKey {
	switch collection {
	case "households":
		return []DataKey{
			need(refInput("building", "房屋编号", "Building", "buildings")),
			{Name: "persons", Type: IntField, Zh: "人口", En: "Persons"},
		}
	case "problems":
		return []DataKey{
			need(refInput("area", "片区", "Area", "areas")),
			refInput("building", "房屋编号", "Building", "buildings"),
			need(optionInput("kind", "类别", "Kind", ProblemKinds())),
			need(textInput("title", "问题", "Problem")),
		}
	case "projects":
		return []DataKey{
			need(textInput("name", "名称", "Name")),
			optionInput("industry", "产业", "Industry", Industries()),
			refInput("board", "板块", "Board", "boards"),
			refInput("area", "片区", "Area", "areas"),
			textInput("investor", "投资方", "Investor"),
			{Name: "amount_wan", Type: NumField, Zh: "投资额", En: "Investment", Unit: "万元"},
		}
	case "organisations", "persons", "boards":
		return EditInputs(collection)
	}
	return nil
}

// EditInputs lists what may be corrected of an item of a collection, in the
// order of the form. Statuses change by moves, shapes by import or drawing,
// dates and amounts of moves by stepping back.
func EditInputs(collection string) []DataKey {
	switch collection {
	case "areas":
		return []DataKey{
			need(textInput("name", "名称", "Name")),
			textInput("street", "街道", "Street"),
			refInput("board", "板块", "Board", "boards"),
			optionInput("batch", "批次", "Batch", []Option{{"first", "首批", "first"}, {"campaign", "大会战", "campaign"}, {"later", "后续", "later"}}),
			{Name: "plan_mu", Type: NumField, Zh: "计划腾地", En: "Planned", Unit: "mu"},
			{Name: "deadline", Type: DateField, Zh: "清零期限", En: "Deadline"},
		}
	case "parcels":
		return []DataKey{
			textInput("name", "名称", "Name"),
			textInput("street", "街道", "Street"),
			textInput("address", "坐落", "Address"),
			optionInput("industry", "目标产业", "Target industry", Industries()),
		}
	case "buildings":
		return []DataKey{
			textInput("use", "用途", "Use"),
			optionInput("tenure", "权属", "Tenure", []Option{{"private", "私房", "private"}, {"public", "公房", "public"}, {"unit", "单位房", "unit"}, {"collective", "集体", "collective"}}),
			{Name: "floors", Type: IntField, Zh: "层数", En: "Floors"},
			{Name: "floor_m2", Type: NumField, Zh: "建筑面积", En: "Floor area", Unit: "m2"},
		}
	case "households":
		return []DataKey{{Name: "persons", Type: IntField, Zh: "人口", En: "Persons"}}
	case "problems":
		return []DataKey{
			need(optionInput("kind", "类别", "Kind", ProblemKinds())),
			need(textInput("title", "问题", "Problem")),
			refInput("building", "房屋编号", "Building", "buildings"),
			textInput("department", "责任单位", "Responsible body"),
			{Name: "measure", Type: TextField, Zh: "攻坚措施", En: "Measure", Long: true},
		}
	case "projects":
		return []DataKey{
			need(textInput("name", "名称", "Name")),
			optionInput("industry", "产业", "Industry", Industries()),
			refInput("board", "板块", "Board", "boards"),
			refInput("area", "片区", "Area", "areas"),
			textInput("investor", "投资方", "Investor"),
			{Name: "amount_wan", Type: NumField, Zh: "投资额", En: "Investment", Unit: "万元"},
		}
	case "organisations":
		return []DataKey{
			need(textInput("name", "名称", "Name")),
			need(optionInput("kind", "类别", "Kind", OrganisationKinds())),
			refInput("parent", "上级单位", "Above", "organisations"),
			textInput("admin_code", "行政代码", "Administrative code"),
			phoneInput(),
			{Name: "ended_on", Type: DateField, Zh: "停用日", En: "Ended on"},
		}
	case "persons":
		return []DataKey{
			need(textInput("name", "姓名", "Name")),
			textInput("post", "职务", "Post"),
			refInput("organisation", "单位", "Organisation", "organisations"),
			textInput("login", "账号", "Account"),
			phoneInput(),
			{Name: "ended_on", Type: DateField, Zh: "离任日", En: "Left on"},
		}
	case "boards":
		return []DataKey{
			need(textInput("name", "名称", "Name")),
			textInput("name_en", "英文名称", "English name"),
			textInput("theme", "主题", "Theme"),
			{Name: "sort", Type: IntField, Zh: "次序", En: "Order"},
			{Name: "ended_on", Type: DateField, Zh: "停用日", En: "Ended on"},
		}
	}
	return nil
}

// ProblemKinds lists the kinds of problems.
func ProblemKinds() []Option {
	return []Option{
		{"title", "权属", "title"},
		{"dispute", "纠纷", "dispute"},
		{"illegal", "违建", "illegal building"},
		{"relocation", "安置", "relocation"},
		{"utilities", "配套", "utilities"},
		{"funding", "资金", "funding"},
		{"enterprise", "企业", "enterprise"},
	}
}

// Industries lists the six centres that projects belong to (DOMAIN 1, row 37).
func Industries() []Option {
	return []Option{
		{"finance", "金融", "finance"},
		{"trade", "商贸", "trade"},
		{"logistics", "物流", "logistics"},
		{"tourism", "文旅休闲", "tourism and leisure"},
		{"health", "康养教育", "health and education"},
		{"residence", "宜居", "residence"},
	}
}

func textInput(name, zh, en string) DataKey {
	return DataKey{Name: name, Type: TextField, Zh: zh, En: en}
}

// phoneInput is a telephone number as people write it.
func phoneInput() DataKey {
	return DataKey{Name: "phone", Type: TextField, Zh: "电话", En: "Telephone", Phone: true}
}

func dateInput(name, zh, en string) DataKey {
	return DataKey{Name: name, Type: DateField, Zh: zh, En: en}
}

func refInput(name, zh, en, collection string) DataKey {
	return DataKey{Name: name, Type: TextField, Zh: zh, En: en, Ref: collection}
}

func optionInput(name, zh, en string, options []Option) DataKey {
	return DataKey{Name: name, Type: TextField, Zh: zh, En: en, Options: options}
}

func need(k DataKey) DataKey {
	k.Required = true
	return k
}
