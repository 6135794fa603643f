package postgis

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"tengdi/geo"
	"tengdi/migrations"
)

// SQLSTATEs that the store understands.
// https://www.postgresql.org/docs/15/errcodes-appendix.html
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
	notNullViolation    = "23502"
	checkViolation      = "23514"
	invalidParameter    = "22023" // PostGIS: SRID or type of a geometry differs from the column's
	numericOutOfRange   = "22003"
	queryCanceled       = "57014"
	lockNotAvailable    = "55P03"
	deadlockDetected    = "40P01"
	serializationFailed = "40001"
	adminShutdown       = "57P01"
	crashShutdown       = "57P02"
	cannotConnectNow    = "57P03"
	tooManyConnections  = "53300"
	diskFull            = "53100"
	readOnlyTransaction = "25006"
)

// rule is what a constraint means in words.
type rule struct {
	kind   geo.Kind
	field  string
	zh, en string
}

// rules gives the meaning of each constraint that a caller can break, by the
// end of its name (the part after the table's name).
func rules() map[string]rule {
	return map[string]rule{
		"code_key":           {geo.Conflict, "code", "编号已存在", "the code exists already"},
		"code_length":        {geo.Invalid, "code", "编号须为 1 至 64 个字符", "the code must have 1 to 64 characters"},
		"login_key":          {geo.Conflict, "login", "登录名已存在", "the login exists already"},
		"login_form":         {geo.Invalid, "login", "登录名只能用小写字母、数字和 . _ @ -", "a login is made of small letters, digits and . _ @ -"},
		"role_known":         {geo.Invalid, "role", "没有这个角色", "there is no such role"},
		"no_key":             {geo.Conflict, "no", "该轮次已存在", "the round exists already"},
		"status_known":       {geo.Invalid, "status", "没有这个状态", "there is no such status"},
		"legal_known":        {geo.Invalid, "legal", "没有这种认定", "there is no such finding"},
		"mode_known":         {geo.Invalid, "mode", "没有这种方式", "there is no such mode"},
		"kind_known":         {geo.Invalid, "kind", "没有这种类别", "there is no such kind"},
		"outcome_known":      {geo.Invalid, "outcome", "没有这种结果", "there is no such outcome"},
		"plan_positive":      {geo.Invalid, "plan_mu", "计划面积不能为负", "the planned area cannot be negative"},
		"survey_positive":    {geo.Invalid, "survey_m2", "勘测面积须大于零", "the survey area must be above zero"},
		"min_ratio_range":    {geo.Invalid, "min_ratio", "签约比例须在 0 与 1 之间", "the ratio must lie between 0 and 1"},
		"sign_order":         {geo.Invalid, "sign_to", "签约截止早于开始", "signing ends before it begins"},
		"list_order":         {geo.Invalid, "list_to", "挂牌截止早于开始", "the listing ends before it begins"},
		"deal_reaches_start": {geo.Invalid, "deal_wan", "成交价低于起始价", "the deal is below the start price"},
		"money_positive":     {geo.Invalid, "start_wan", "金额不能为负", "an amount cannot be negative"},
		"amount_positive":    {geo.Invalid, "amount_wan", "金额不能为负", "an amount cannot be negative"},
		"far_order":          {geo.Invalid, "far", "容积率下限大于上限", "the floor-area ratio's lower limit is above the upper"},
		"density_order":      {geo.Invalid, "density", "建筑密度下限大于上限", "the density's lower limit is above the upper"},
		"green_order":        {geo.Invalid, "green", "绿地率下限大于上限", "the green ratio's lower limit is above the upper"},
		"height_order":       {geo.Invalid, "height", "限高下限大于上限", "the height's lower limit is above the upper"},
		"uses_array":         {geo.Invalid, "uses", "用途须为列表", "the uses must be a list"},
		"floors_range":       {geo.Invalid, "floors", "层数须在 0 至 300", "floors must be 0 to 300"},
		"floor_positive":     {geo.Invalid, "floor_m2", "建筑面积不能为负", "the floor area cannot be negative"},
		"extensions_range":   {geo.Invalid, "extensions", "最多延期两次", "a deadline is extended twice at most"},
		"geom_srid":          {geo.Invalid, "geometry", "坐标系不是 EPSG:4326", "the geometry is not in EPSG:4326"},
		"geom_empty":         {geo.Invalid, "geometry", "图形为空", "the geometry is empty"},
		"geom_points":        {geo.Invalid, "geometry", "顶点超过 100000 个", "the geometry has more than 100000 vertices"},
		"geom_range":         {geo.Invalid, "geometry", "坐标超出经纬度范围", "the geometry leaves the range of longitude and latitude"},
		"geom_valid":         {geo.Invalid, "geometry", "图形无效（自相交等）", "the geometry is not valid (it crosses itself or the like)"},
		"district_frame":     {geo.Invalid, "frame", "范围框无效", "the frame is not a box in degrees"},
		"area_fkey":          {geo.Invalid, "area", "没有这个片区", "there is no such area"},
		"building_fkey":      {geo.Invalid, "building", "没有这栋建筑", "there is no such building"},
		"parcel_fkey":        {geo.Invalid, "parcel", "没有这宗地", "there is no such parcel"},
		"household_fkey":     {geo.Invalid, "household", "没有这户", "there is no such household"},
		"organisation_fkey":  {geo.Invalid, "organisation", "没有这个单位", "there is no such organisation"},
		"person_fkey":        {geo.Invalid, "person", "没有这个人员", "there is no such person"},
		"parent_fkey":        {geo.Invalid, "parent", "没有这个上级单位", "there is no such organisation above"},
		"parent_other":       {geo.Invalid, "parent", "上级单位不能是本单位", "an organisation cannot be above itself"},
		"name_key":           {geo.Conflict, "name", "名称已存在", "the name exists already"},
		"no_once":            {geo.Conflict, "no", "该记录号已存在", "the record exists already"},
		"done_order":         {geo.Invalid, "done_on", "完成日不能早于开始日", "it cannot be done before it began"},
		"name_length":        {geo.Invalid, "name", "名称过长或为空", "the name is empty or too long"},
		"bytes_range":        {geo.TooLarge, "file", "文件为空或超过 50 MB", "the file is empty or larger than 50 MB"},
		"identity_pkey":      {geo.Conflict, "subject", "该身份已关联账号", "that identity belongs to an account already"},
		"login_fkey":         {geo.NotFound, "login", "没有这个账号", "there is no such account"},
		"expires_order":      {geo.Invalid, "expires", "有效期须晚于今天", "it must expire later than now"},
		"key_length":         {geo.Invalid, "Idempotency-Key", "幂等键须为 1 至 200 个字符", "an idempotency key has 1 to 200 characters"},
	}
}

// ruleOf finds the meaning of a constraint: its whole name, else without the
// table's name.
func ruleOf(table, constraint string) (rule, bool) {
	all := rules()
	if r, ok := all[constraint]; ok {
		return r, true
	}
	r, ok := all[strings.TrimPrefix(constraint, table+"_")]
	return r, ok
}

// asGeo turns an error of the database into one of geo's kinds. The cause goes
// along for the log; its text never reaches a user.
func asGeo(err error) error {
	if err == nil {
		return nil
	}
	var already *geo.Error
	var refused *geo.RefusedError
	var stale *geo.StaleError
	var batch *geo.BatchError
	if errors.As(err, &already) || errors.As(err, &refused) || errors.As(err, &stale) || errors.As(err, &batch) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return ofServer(pg, err)
	}
	var connect *pgconn.ConnectError
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &connect) || pgconn.SafeToRetry(err) || brokenPipe(err) {
		return wrap(geo.Unavailable, "数据库暂时不可用，请稍后再试", "the database is not reachable; try again", err)
	}
	return wrap(geo.Internal, "内部错误", "internal error", err)
}

func ofServer(pg *pgconn.PgError, err error) error {
	switch pg.Code {
	case uniqueViolation, foreignKeyViolation, checkViolation:
		if r, ok := ruleOf(pg.TableName, pg.ConstraintName); ok {
			e := wrap(r.kind, r.zh, r.en, err)
			e.Fields = []geo.FieldError{{Field: r.field, Code: pg.ConstraintName, Zh: r.zh, En: r.en}}
			return e
		}
	case notNullViolation:
		e := wrap(geo.Invalid, "缺少必填项", "a value is missing", err)
		e.Fields = []geo.FieldError{{Field: pg.ColumnName, Code: "missing", Zh: "不能为空", En: "must be given"}}
		return e
	case invalidParameter, numericOutOfRange:
		return wrap(geo.Invalid, "数值或图形不合要求", "a value or a geometry is out of range", err)
	case lockNotAvailable, deadlockDetected, serializationFailed:
		return wrap(geo.Unavailable, "另一项写入正在进行，请稍后再试", "another write is under way; try again", err)
	case queryCanceled:
		return wrap(geo.Unavailable, "查询超时，请缩小范围再试", "the query took too long; ask for less", err)
	case adminShutdown, crashShutdown, cannotConnectNow, tooManyConnections, diskFull, readOnlyTransaction:
		return wrap(geo.Unavailable, "数据库暂时不可用，请稍后再试", "the database is not available; try again", err)
	}
	return wrap(geo.Internal, "内部错误", "internal error", err)
}

// brokenPipe recognises a connection that ended while it was used.
func brokenPipe(err error) bool {
	var broken net.Error
	return errors.As(err, &broken) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

func wrap(kind geo.Kind, zh, en string, cause error) *geo.Error {
	return &geo.Error{Kind: kind, Zh: zh, En: en, Err: cause}
}

func notFound(what, code string) error {
	return geo.Errorf(geo.NotFound, "no %s %q", "没有 %s %q", what, code)
}

// ofMigration gives the errors of package migrations a kind and Chinese words.
func ofMigration(err error) error {
	var changed *migrations.ChangedError
	var newer *migrations.NewerError
	var setup *migrations.SetupError
	switch {
	case errors.As(err, &changed):
		return wrap(geo.Conflict, "迁移 "+changed.Name+" 在应用后被改动", "migration "+changed.Name+" was changed after it had been applied", err)
	case errors.As(err, &newer):
		return wrap(geo.Conflict, "该数据库由更新版本的腾地创建（迁移 "+newer.Name+"），请升级程序", "this database was made by a newer Tengdi (migration "+newer.Name+"); upgrade the program", err)
	case errors.As(err, &setup):
		return wrap(geo.Unavailable, setup.Zh, setup.En, err)
	}
	return asGeo(err)
}
