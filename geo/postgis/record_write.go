package postgis

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// AddRecord adds a record to the file of a thing, numbered per thing and kind,
// and lets follow what follows from it, see recordWrite.follow. The day defaults
// to today. Errors: NotFound, Forbidden, Invalid with every wrong field,
// *geo.RefusedError where a rule forbids what follows.
func (s *Store) AddRecord(ctx context.Context, actor geo.Actor, d geo.RecordDraft) (geo.Event, error) {
	return s.record(ctx, actor, d.Collection, d.Kind, d.Reason, func(ctx context.Context, w *recordWrite) error {
		return w.add(ctx, d)
	})
}

// EditRecord corrects a record or strikes it out. When nothing differs the event
// has no ID. Errors as of AddRecord; *geo.StaleError for another version of the
// record than was seen, Conflict for a record that is struck out already.
func (s *Store) EditRecord(ctx context.Context, actor geo.Actor, e geo.RecordEdit) (geo.Event, error) {
	if e.Strike && len(e.Values) > 0 {
		return geo.Event{}, fieldError("strike", "with_values", "划除时不能同时更正", "a record is struck out or corrected, not both")
	}
	return s.record(ctx, actor, e.Collection, e.Kind, e.Reason, func(ctx context.Context, w *recordWrite) error {
		if w.reason == "" {
			return fieldError("reason", "missing", "须写明理由", "a reason must be given")
		}
		return w.edit(ctx, e)
	})
}

// recordWrite is one write of a record under way.
type recordWrite struct {
	*tx
	x      thing
	kind   geo.RecordKind
	no     int
	before geo.Inputs // what was on file; empty for a new record
	after  geo.Inputs // what will be
	reason string
}

// record is Store.write for a record; its first event is the record's own.
func (s *Store) record(ctx context.Context, actor geo.Actor, collection, kind, reason string, fn func(context.Context, *recordWrite) error) (geo.Event, error) {
	m, ok := geo.EntityOf(collection)
	if !ok || !hasFile(m) || !actor.Role.May(geo.ReadDeed(collection)) {
		return geo.Event{}, notFound("collection", collection)
	}
	k, ok := geo.KindOfRecord(m, kind)
	if !ok {
		return geo.Event{}, unknownKind(kind)
	}
	reason, err := reasonOf(reason)
	if err != nil {
		return geo.Event{}, err
	}
	_, events, err := s.write(ctx, actor, func(ctx context.Context, t *tx) error {
		return fn(ctx, &recordWrite{tx: t, kind: k, reason: reason})
	})
	if err != nil {
		return geo.Event{}, err
	}
	return events[0], nil
}

// reasonOf reads a reason as a text of several lines.
func reasonOf(reason string) (string, error) {
	in, wrong := geo.ReadInputs([]geo.DataKey{{Name: "reason", Type: geo.TextField, Long: true}}, map[string]string{"reason": reason}, false)
	return in.Text("reason"), geo.WrongInputs(wrong)
}

func (w *recordWrite) add(ctx context.Context, d geo.RecordDraft) error {
	if err := w.allow(w.kind.Deed); err != nil {
		return err
	}
	var err error
	if w.x, err = w.find(ctx, w.kind.Of, d.Code, 0); err != nil {
		return err
	}
	var wrong []geo.FieldError
	if w.after, wrong = geo.ReadInputs(w.kind.Inputs, d.Values, true); w.after.Date(geo.RecordOn).IsZero() {
		w.after.Set(geo.RecordOn, w.kind.Latest(w.today()).Date())
	}
	if err := w.check(ctx, wrong); err != nil {
		return err
	}
	if r := w.kind.CheckStatus(w.x.status); r != nil {
		return w.refuse(r.Guard, r.Zh, r.En)
	}
	then, err := w.follow(ctx)
	if err != nil {
		return err
	}
	err = w.QueryRow(ctx, `
		select coalesce(max(no), 0) + 1
		from `+recordTable(w.x.entity)+`
		where entity = $1 and entity_id = $2 and kind = $3`, string(w.x.entity), w.x.id, w.kind.Code).Scan(&w.no)
	if err != nil {
		return err
	}
	data := w.values(map[string]any{})
	maps.Copy(data, then.data)
	_, err = w.Exec(ctx, `
		insert into `+recordTable(w.x.entity)+` (
			entity, entity_id, kind, no, on_day, due, done_on, data, by_login, created_at, updated_at, person_id, organisation_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10,
			(select id from land.person where code = $11), (select id from land.organisation where code = $12))`,
		string(w.x.entity), w.x.id, w.kind.Code, w.no, w.day(w.after.Date(geo.RecordOn)), w.day(w.after.Date(geo.RecordDue)),
		w.day(w.after.Date(geo.RecordDoneOn)), data, w.actor.Login, w.now,
		w.after.Text(geo.RecordPerson), w.after.Text(geo.RecordOrganisation))
	if err != nil {
		return err
	}
	told := map[string]any{}
	for _, name := range w.after.Names() {
		if v := kept(w.after, name); v != nil {
			told[name] = v
		}
	}
	maps.Copy(told, then.data)
	return w.done(ctx, geo.Recorded, w.happened(), told, then.corrected)
}

func (w *recordWrite) edit(ctx context.Context, e geo.RecordEdit) error {
	if !w.actor.Role.May(w.kind.Deed) && !w.actor.Role.May(geo.StrikeOut) {
		if e.Strike {
			return w.allow(geo.StrikeOut)
		}
		return w.allow(w.kind.Deed)
	}
	var err error
	if w.x, err = w.find(ctx, w.kind.Of, e.Code, 0); err != nil {
		return err
	}
	list, err := records(ctx, w, w.x, e.Kind, e.No)
	if err != nil {
		return err
	}
	if len(list) != 1 || e.No < 1 {
		return notFound("record", e.Kind+" "+strconv.Itoa(e.No))
	}
	r := list[0]
	w.no = r.No
	switch {
	case e.Version != 0 && e.Version != r.Version:
		return &geo.StaleError{Entity: w.x.entity, Code: w.x.code, Seen: e.Version, Version: r.Version}
	case !r.StruckAt.IsZero():
		return geo.Errorf(geo.Conflict, "the record was struck out already", "该记录已被划除")
	}
	if w.before, err = onFile(w.kind, r); err != nil {
		return err
	}
	if e.Strike {
		return w.strike(ctx, r)
	}
	return w.amend(ctx, e, r)
}

// onFile is what a record holds, as the inputs of its kind; a value that the
// form would not take today is left out.
func onFile(k geo.RecordKind, r geo.Record) (geo.Inputs, error) {
	values := maps.Clone(r.Values)
	for name, at := range map[string]time.Time{geo.RecordOn: r.On, geo.RecordDue: r.Due, geo.RecordDoneOn: r.DoneOn} {
		if !at.IsZero() {
			values[name] = at.Format(time.DateOnly)
		}
	}
	values[geo.RecordPerson], values[geo.RecordOrganisation] = r.Person, r.Organisation
	in, _ := geo.ReadInputs(k.Inputs, values, false)
	if in.Date(geo.RecordOn).IsZero() {
		return in, errors.New("a record without a day")
	}
	return in, nil
}

// amendDeed is what amending these values of a record takes. What somebody noted
// is theirs: others' words change only who may strike them out. But assignments
// are kept by an office, whoever entered them; and when something was done is
// entered by whoever writes the kind.
func (w *recordWrite) amendDeed(r geo.Record, told map[string]any) geo.Deed {
	done := true
	for name := range told {
		done = done && name == geo.RecordDoneOn
	}
	if r.By == w.actor.Login || (done || w.kind.Code == geo.AssignmentRecord) && w.actor.Role.May(w.kind.Deed) {
		return w.kind.Deed
	}
	return geo.StrikeOut
}

func (w *recordWrite) amend(ctx context.Context, e geo.RecordEdit, r geo.Record) error {
	if w.kind.Final() {
		return w.refuse("final", "该记录已生效，不能更正", "what followed from the record has happened: it cannot be amended")
	}
	given, wrong := geo.ReadInputs(w.kind.Inputs, e.Values, false)
	w.after = given.Over(w.before)
	if err := w.check(ctx, wrong); err != nil {
		return err
	}
	told := map[string]any{}
	for _, name := range given.Names() {
		if w.before.Told(name) != w.after.Told(name) {
			told[name] = map[string]any{"from": kept(w.before, name), "to": kept(w.after, name)}
		}
	}
	if err := w.allow(w.amendDeed(r, told)); err != nil {
		return err
	}
	if len(told) == 0 {
		w.answer = []geo.Event{{
			Entity: w.x.entity, EntityID: w.x.id, Code: w.x.code, Verb: geo.Amended, On: w.now, At: w.now,
			Actor: w.actor.Login, Role: w.actor.Role, Source: w.actor.Source, Version: w.x.version,
		}}
		return nil
	}
	var data map[string]any
	at := []any{string(w.x.entity), w.x.id, w.kind.Code, w.no}
	const where = ` where entity = $1 and entity_id = $2 and kind = $3 and no = $4`
	if err := w.QueryRow(ctx, `select data from `+recordTable(w.x.entity)+where, at...).Scan(&data); err != nil {
		return err
	}
	for name := range told {
		delete(data, name)
	}
	_, err := w.Exec(ctx, `
		update `+recordTable(w.x.entity)+`
		set version = version + 1, updated_at = $5, on_day = $6, due = $7, done_on = $8, data = $9,
			person_id = (select id from land.person where code = $10),
			organisation_id = (select id from land.organisation where code = $11)`+where,
		append(at, w.now, w.day(w.after.Date(geo.RecordOn)), w.day(w.after.Date(geo.RecordDue)), w.day(w.after.Date(geo.RecordDoneOn)),
			w.values(data), w.after.Text(geo.RecordPerson), w.after.Text(geo.RecordOrganisation))...)
	if err != nil {
		return err
	}
	return w.done(ctx, geo.Amended, time.Time{}, told, nil)
}

// strike takes a record out. Who made it may, unless it was published; otherwise
// that takes a deed of its own.
func (w *recordWrite) strike(ctx context.Context, r geo.Record) error {
	published := w.kind.Of == geo.AreaMachine && w.kind.Code == geo.BulletinRecord
	if w.kind.Final() && !published {
		return w.refuse("final", "该记录已生效，不能划除", "what followed from the record has happened: it cannot be struck out")
	}
	deed := w.kind.Deed
	if published || r.By != w.actor.Login {
		deed = geo.StrikeOut
	}
	if err := w.allow(deed); err != nil {
		return err
	}
	_, err := w.Exec(ctx, `
		update `+recordTable(w.x.entity)+`
		set version = version + 1, updated_at = $5, struck_at = $5, struck_why = $6
		where entity = $1 and entity_id = $2 and kind = $3 and no = $4`,
		string(w.x.entity), w.x.id, w.kind.Code, w.no, w.now, w.reason)
	if err != nil {
		return err
	}
	return w.done(ctx, geo.Struck, time.Time{}, map[string]any{}, nil)
}

// done ends a write of a record: the thing has its next version, one event tells
// what was written, another what the record changed of the thing itself.
func (w *recordWrite) done(ctx context.Context, verb string, on time.Time, told, corrected map[string]any) error {
	if err := w.bump(ctx, &w.x); err != nil {
		return err
	}
	told["kind"], told["no"] = w.kind.Code, w.no
	w.event(geo.Event{
		Entity: w.x.entity, EntityID: w.x.id, Code: w.x.code, Verb: verb, On: on, Reason: w.reason, Data: told, Version: w.x.version,
	})
	if w.kind.Of == geo.AreaMachine && w.kind.Code == geo.AssignmentRecord {
		var err error
		if corrected, err = w.reassign(ctx, w.x.id, w.before.Text("duty"), w.after.Text("duty")); err != nil {
			return err
		}
	}
	if len(corrected) > 0 {
		w.event(geo.Event{
			Entity: w.x.entity, EntityID: w.x.id, Code: w.x.code, Verb: geo.Corrected, Reason: w.reason, Data: corrected, Version: w.x.version,
		})
	}
	w.tell(w.x)
	return nil
}

// check adds to what was wrong with the values one by one what is wrong between
// them: dates that do not fit, codes that there are not. Each field is named
// once.
func (w *recordWrite) check(ctx context.Context, wrong []geo.FieldError) error {
	wrong = append(wrong, w.kind.CheckDates(w.after, w.today())...)
	if w.kind.Code == geo.AssignmentRecord {
		wrong = append(wrong, geo.CheckAssignment(w.after)...)
	}
	var named []geo.DataKey // what is on file already is not asked about again
	for _, k := range w.kind.Inputs {
		if w.after.Text(k.Name) != w.before.Text(k.Name) {
			named = append(named, k)
		}
	}
	_, unknown, err := w.references(ctx, named, w.after)
	if err != nil {
		return err
	}
	wrong = append(wrong, unknown...)
	slices.SortStableFunc(wrong, func(a, b geo.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return geo.WrongInputs(slices.CompactFunc(wrong, func(a, b geo.FieldError) bool { return a.Field == b.Field }))
}

// values writes over data what is kept of the values besides the columns.
func (w *recordWrite) values(data map[string]any) map[string]any {
	columns := []string{geo.RecordOn, geo.RecordDue, geo.RecordDoneOn, geo.RecordPerson, geo.RecordOrganisation}
	for _, name := range w.after.Names() {
		if v := kept(w.after, name); v != nil && !slices.Contains(columns, name) {
			data[name] = v
		}
	}
	return data
}

// kept is a value as data keeps it: dates as YYYY-MM-DD; nil for none.
func kept(in geo.Inputs, name string) any {
	if at, ok := in.Value(name).(time.Time); ok {
		return at.Format(time.DateOnly)
	}
	return in.Value(name)
}

func (w *recordWrite) today() geo.Day { return geo.DayOf(w.now, w.zone) }

// happened is when the record's event took place: on its day, or now where that
// is today or lies ahead.
func (w *recordWrite) happened() time.Time {
	on := geo.CivilDay(w.after.Date(geo.RecordOn))
	if on >= w.today() {
		return time.Time{}
	}
	return (on - 1).End(w.zone)
}

// refuse says that a rule forbids it.
func (w *recordWrite) refuse(guard, zh, en string) error {
	return &geo.RefusedError{
		Machine: w.x.entity, From: w.x.status, To: w.x.status,
		Reasons: []geo.Reason{{Guard: guard, Zh: zh, En: en}},
	}
}
