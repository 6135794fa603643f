package postgis

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"tengdi/geo"
)

// Empty says whether the database holds no land, no project and no household;
// settings alone leave it empty.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	var empty bool
	err := s.read(ctx, geo.Staff, func(tx pgx.Tx) (err error) {
		empty, err = isEmpty(ctx, tx)
		return err
	})
	return empty, err
}

func isEmpty(ctx context.Context, tx pgx.Tx) (empty bool, err error) {
	err = tx.QueryRow(ctx, `
		select not exists (select from land.area)
			and not exists (select from land.cleared_land)
			and not exists (select from land.building)
			and not exists (select from land.parcel)
			and not exists (select from land.project)
			and not exists (select from land.problem)
			and not exists (select from priv.household)`).Scan(&empty)
	return empty, err
}

// LoadDataset fills an empty database with a whole district in one
// transaction: settings, base map, rows, events and projection. Areas are
// measured by PostGIS; survey areas are taken as given. Errors: Conflict when
// the database is not empty, Invalid for a code that links to nothing.
func (s *Store) LoadDataset(ctx context.Context, d geo.Dataset) error {
	actor := geo.Actor{Login: "demo", Role: geo.RoleSystem, Source: geo.FromDemo}
	_, _, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		if empty, err := isEmpty(ctx, t); err != nil || !empty {
			if err == nil {
				err = geo.Errorf(geo.Conflict, "the database is not empty", "数据库不是空的")
			}
			return err
		}
		// Between two statements the events of millions of rows may be told, which takes
		// longer than a transaction may lie idle elsewhere.
		if err := patient(ctx, t, 0); err != nil {
			return err
		}
		if err := t.setDistrict(ctx, d.District); err != nil {
			return err
		}
		if err := (&loader{tx: t, ids: map[string]map[string]int64{}}).load(ctx, d); err != nil {
			return err
		}
		t.touched.everything = true
		return t.insideFrame(ctx)
	})
	if err != nil {
		return err
	}
	// The planner should know the tables before the first reader comes; if it
	// does not, reads are slower, not wrong.
	if err := s.analyze(ctx); err != nil {
		s.logf("analyze: %v", err)
	}
	return nil
}

// analyze counts the tables for the planner, as the login that owns them.
func (s *Store) analyze(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, `analyze land.area, land.cleared_land, land.building, land.parcel, land.round, land.project,
		land.problem, land.event, land.organisation, land.person, land.record, priv.household, priv.record, pub.area, pub.cleared_land, pub.parcel, pub.round, pub.project, pub.event`)
	return err
}

// loader copies a dataset in, resolving codes to the ids that the database
// gives.
type loader struct {
	tx  *tx
	ids map[string]map[string]int64 // table -> code -> id
}

func (l *loader) load(ctx context.Context, d geo.Dataset) error {
	steps := []func(context.Context, geo.Dataset) error{
		l.references, l.calendar, l.organisations, l.persons, l.boards, l.areas, l.cleared, l.buildings, l.households, l.parcels,
		l.rounds, l.projects, l.problems, l.visits, l.records, l.events,
	}
	for _, step := range steps {
		if err := step(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// copyRows copies n rows into a table; row gives the values of columns.
func (l *loader) copyRows(ctx context.Context, schema, table string, columns []string, n int, row func(int) ([]any, error)) error {
	_, err := l.tx.CopyFrom(ctx, pgx.Identifier{schema, table}, columns, pgx.CopyFromSlice(n, row))
	if err != nil {
		return fmt.Errorf("%s.%s: %w", schema, table, err)
	}
	return nil
}

// learn reads the ids that the rows of a table were given.
func (l *loader) learn(ctx context.Context, schema, table string) error {
	rows, err := l.tx.Query(ctx, `select code, id from `+pgx.Identifier{schema, table}.Sanitize())
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	var code string
	var id int64
	_, err = pgx.ForEachRow(rows, []any{&code, &id}, func() error {
		ids[code] = id
		return nil
	})
	l.ids[table] = ids
	return err
}

// id resolves a code; "" is no link.
func (l *loader) id(table, code string) (any, error) {
	if code == "" {
		return nil, nil
	}
	id, ok := l.ids[table][code]
	if !ok {
		return nil, fieldError(table, "unknown_code",
			fmt.Sprintf("没有编号为 %s 的 %s", code, table), fmt.Sprintf("there is no %s with code %s", table, code))
	}
	return id, nil
}

func land(s geo.Shape) ([]byte, error) {
	if s.SRID != 0 && s.SRID != geo.WGS84 && s.SRID != geo.CGCS2000 {
		return nil, fieldError("geometry", "srid", "数据集的图形须为经纬度", "the shapes of a dataset must be in longitude and latitude")
	}
	return encodeShape(geo.WGS84, s.Geometry)
}

func surveyed(m geo.Measures) any {
	if m.Survey <= 0 {
		return nil
	}
	return float64(m.Survey)
}

func (l *loader) references(ctx context.Context, d geo.Dataset) error {
	return l.copyRows(ctx, "land", "reference", []string{"kind", "class", "name", "name_en", "geom"},
		len(d.References), func(i int) ([]any, error) {
			r := d.References[i]
			shape, err := encodeShape(geo.WGS84, r.Geometry)
			return []any{r.Kind, r.Class, r.Name, r.NameEn, shape}, err
		})
}

func (l *loader) areas(ctx context.Context, d geo.Dataset) error {
	err := l.copyRows(ctx, "land", "area", []string{
		"code", "name", "street", "board", "batch", "status", "leader", "department", "plan_m2", "min_ratio",
		"decision_no", "decided_on", "sign_from", "sign_to", "deadline", "geom", "survey_m2", "source_crs",
	}, len(d.Areas), func(i int) ([]any, error) {
		a := d.Areas[i]
		shape, err := land(a.Shape)
		return []any{
			a.Code, a.Name, a.Street, a.Board, a.Batch, a.Status, a.Leader, a.Department, float64(a.PlanM2), a.MinRatio,
			a.DecisionNo, l.tx.day(a.DecidedOn), l.tx.day(a.SignFrom), l.tx.day(a.SignTo), l.tx.day(a.Deadline),
			shape, surveyed(a.Measures), int32(a.SourceCRS),
		}, err
	})
	if err != nil {
		return err
	}
	return l.learn(ctx, "land", "area")
}

func (l *loader) cleared(ctx context.Context, d geo.Dataset) error {
	return l.copyRows(ctx, "land", "cleared_land", []string{
		"code", "area_id", "cleared_on", "acceptance_no", "geom", "survey_m2",
	}, len(d.Cleared), func(i int) ([]any, error) {
		c := d.Cleared[i]
		area, err := l.id("area", c.Area)
		if err != nil {
			return nil, err
		}
		shape, err := land(c.Shape)
		return []any{c.Code, area, l.tx.day(c.ClearedOn), c.AcceptanceNo, shape, surveyed(c.Measures)}, err
	})
}

func (l *loader) buildings(ctx context.Context, d geo.Dataset) error {
	err := l.copyRows(ctx, "land", "building", []string{
		"code", "area_id", "status", "legal", "use", "tenure", "floors", "floor_m2", "households", "method",
		"demolished_on", "geom", "survey_m2", "source_crs",
	}, len(d.Buildings), func(i int) ([]any, error) {
		b := d.Buildings[i]
		area, err := l.id("area", b.Area)
		if err != nil {
			return nil, err
		}
		if b.Legal == "" {
			b.Legal = geo.LegalUndetermined
		}
		shape, err := land(b.Shape)
		return []any{
			b.Code, area, b.Status, string(b.Legal), b.Use, b.Tenure, int32(b.Floors), float64(b.FloorM2),
			int32(b.Households), b.Method, l.tx.day(b.DemolishedOn), shape, surveyed(b.Measures), int32(b.SourceCRS),
		}, err
	})
	if err != nil {
		return err
	}
	return l.learn(ctx, "land", "building")
}

func (l *loader) households(ctx context.Context, d geo.Dataset) error {
	err := l.copyRows(ctx, "priv", "household", []string{
		"code", "area_id", "building_id", "status", "persons", "surveyed_on", "valued_on", "signed_on",
		"paid_on", "vacated_on", "mode", "amount_fen",
	}, len(d.Households), func(i int) ([]any, error) {
		h := d.Households[i]
		area, err := l.id("area", h.Area)
		if err != nil {
			return nil, err
		}
		building, err := l.id("building", h.Building)
		return []any{
			h.Code, area, building, h.Status, int32(h.Persons), l.tx.day(h.SurveyedOn), l.tx.day(h.ValuedOn),
			l.tx.day(h.SignedOn), l.tx.day(h.PaidOn), l.tx.day(h.VacatedOn), h.Mode, int64(h.Amount),
		}, err
	})
	if err != nil {
		return err
	}
	return l.learn(ctx, "priv", "household")
}

func (l *loader) parcels(ctx context.Context, d geo.Dataset) error {
	last := map[string]int{}
	for _, r := range d.Rounds {
		last[r.Parcel] = max(last[r.Parcel], r.No)
	}
	err := l.copyRows(ctx, "land", "parcel", append([]string{
		"code", "name", "area_id", "street", "address", "status", "round_no", "land_use", "use_class", "uses",
		"industry", "clean_title", "clean_compensation", "clean_no_dispute", "clean_conditions", "clean_utilities",
		"geom", "survey_m2", "source_crs",
	}, limitColumns()...), len(d.Parcels), func(i int) ([]any, error) {
		p := d.Parcels[i]
		area, err := l.id("area", p.Area)
		if err != nil {
			return nil, err
		}
		uses, err := json.Marshal(p.Uses)
		if err != nil {
			return nil, err
		}
		if p.Uses == nil {
			uses = []byte("[]")
		}
		shape, err := land(p.Shape)
		return append([]any{
			p.Code, p.Name, area, p.Street, p.Address, p.Status, int32(last[p.Code]), p.LandUse, geo.UseClassOf(p.LandUse), uses,
			p.Industry, p.Clean.Title, p.Clean.Compensation, p.Clean.NoDispute, p.Clean.Conditions, p.Clean.Utilities,
			shape, surveyed(p.Measures), int32(p.SourceCRS),
		}, limitValues(p.FAR, p.Density, p.Green, p.Height)...), err
	})
	if err != nil {
		return err
	}
	return l.learn(ctx, "land", "parcel")
}

// limitColumns are the columns of the four planning limits, in the order of
// limitValues.
func limitColumns() []string {
	var out []string
	for _, name := range []string{"far", "density", "green", "height"} {
		out = append(out, name+"_min", name+"_max", name+"_min_open", name+"_max_open")
	}
	return out
}

func limitValues(limits ...geo.Limit) []any {
	var out []any
	for _, l := range limits {
		out = append(out, l.Min, l.Max, l.MinOpen, l.MaxOpen)
	}
	return out
}

func (l *loader) rounds(ctx context.Context, d geo.Dataset) error {
	return l.copyRows(ctx, "land", "round", []string{
		"parcel_id", "no", "notice_no", "mode", "start_fen", "reserve_fen", "deposit_fen", "step_fen", "notice_on",
		"list_from", "list_to", "deal_fen", "sold_on", "buyer", "contract_no", "supervision_no", "contracted_on",
		"paid_on", "handed_over_on", "start_by", "started_on", "completed_on", "outcome",
	}, len(d.Rounds), func(i int) ([]any, error) {
		r := d.Rounds[i]
		parcel, err := l.id("parcel", r.Parcel)
		day := l.tx.day
		return []any{
			parcel, int32(r.No), r.NoticeNo, r.Mode, int64(r.Start), int64(r.Reserve), int64(r.Deposit), int64(r.Step), day(r.NoticeOn),
			day(r.ListFrom), day(r.ListTo), int64(r.Deal), day(r.SoldOn), r.Buyer, r.ContractNo, r.SupervisionNo, day(r.ContractedOn),
			day(r.PaidOn), day(r.HandedOverOn), day(r.StartBy), day(r.StartedOn), day(r.CompletedOn), r.Outcome,
		}, err
	})
}

func (l *loader) projects(ctx context.Context, d geo.Dataset) error {
	err := l.copyRows(ctx, "land", "project", []string{
		"code", "name", "status", "industry", "investor", "amount_fen", "board", "area_id", "parcel_id", "geom", "stage_on",
	}, len(d.Projects), func(i int) ([]any, error) {
		p := d.Projects[i]
		area, err := l.id("area", p.Area)
		if err != nil {
			return nil, err
		}
		parcel, err := l.id("parcel", p.Parcel)
		if err != nil {
			return nil, err
		}
		var shape []byte
		if p.Point != (orb.Point{}) { // nobody builds at 0°, 0°: the zero value is no place
			shape, err = encodeShape(geo.WGS84, p.Point)
		}
		return []any{
			p.Code, p.Name, p.Status, p.Industry, p.Investor, int64(p.Amount), p.Board, area, parcel, shape, l.tx.day(p.StageOn),
		}, err
	})
	if err != nil {
		return err
	}
	return l.learn(ctx, "land", "project")
}

func (l *loader) problems(ctx context.Context, d geo.Dataset) error {
	err := l.copyRows(ctx, "land", "problem", []string{
		"code", "area_id", "building_id", "kind", "title", "measure", "department", "leader", "status",
		"opened_on", "due", "extensions", "escalations", "closed_on",
	}, len(d.Problems), func(i int) ([]any, error) {
		p := d.Problems[i]
		area, err := l.id("area", p.Area)
		if err != nil {
			return nil, err
		}
		building, err := l.id("building", p.Building)
		return []any{
			p.Code, area, building, p.Kind, p.Title, p.Measure, p.Department, p.Leader, p.Status,
			l.tx.day(p.OpenedOn), l.tx.day(p.Due), int32(p.Extensions), int32(p.Escalations), l.tx.day(p.ClosedOn),
		}, err
	})
	if err != nil {
		return err
	}
	return l.learn(ctx, "land", "problem")
}

func (l *loader) visits(ctx context.Context, d geo.Dataset) error {
	last := map[string]int32{}
	return l.copyRows(ctx, "priv", "record", []string{
		"entity_id", "kind", "no", "on_day", "due", "data", "by_login",
	}, len(d.Visits), func(i int) ([]any, error) {
		v := d.Visits[i]
		household, err := l.id("household", v.Household)
		if err != nil {
			return nil, err
		}
		last[v.Household]++
		data, err := json.Marshal(map[string]string{"by": v.By, "topic": v.Topic, "outcome": v.Outcome})
		return []any{household, geo.VisitRecord, last[v.Household], l.tx.day(v.On), l.tx.day(v.NextOn), data, l.tx.actor.Login}, err
	})
}

func (l *loader) events(_ context.Context, d geo.Dataset) error {
	for _, e := range d.Events {
		id, err := l.id(string(e.Entity), e.Code)
		if err != nil {
			return err
		}
		e.EntityID, _ = id.(int64)
		l.tx.event(e)
	}
	return nil
}
