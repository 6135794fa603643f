package postgis

import (
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"tengdi/geo"
)

// unbroken demands that the log, the projection and the feeds are sound; the rows of some
// tests came without the events that would explain their states and records.
func unbroken(t testing.TB, s *Store) geo.Verdict {
	t.Helper()
	v, err := s.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Findings {
		if f.Check == chainCheck || f.Check == headCheck || f.Check == projectionCheck || f.Check == feedCheck {
			t.Errorf("%s: event %d: %s", f.Check, f.Event, f.En)
		}
	}
	return v
}

// agreed demands that nothing disagrees.
func agreed(t testing.TB, s *Store, before *geo.ChainHead) geo.Verdict {
	t.Helper()
	v, err := s.Verify(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Findings {
		t.Errorf("%s: event %d, %s %s: %s", f.Check, f.Event, f.Entity, f.Code, f.En)
	}
	return v
}

// recordedTown is town() with an event for each thing that tells its state.
func recordedTown() geo.Dataset {
	d := town()
	d.Events = nil
	created := func(m geo.MachineName, code, status string) {
		d.Events = append(d.Events, geo.Event{
			Entity: m, Code: code, Verb: geo.Created, To: status, On: date(2015, 1, 1), Data: map[string]any{"note": code},
		})
	}
	for _, a := range d.Areas {
		created(geo.AreaMachine, a.Code, a.Status)
	}
	for _, b := range d.Buildings {
		created(geo.BuildingMachine, b.Code, b.Status)
	}
	for _, h := range d.Households {
		created(geo.HouseholdMachine, h.Code, h.Status)
	}
	for _, p := range d.Parcels {
		created(geo.ParcelMachine, p.Code, p.Status)
	}
	for _, p := range d.Projects {
		created(geo.ProjectMachine, p.Code, p.Status)
	}
	for _, p := range d.Problems {
		created(geo.ProblemMachine, p.Code, p.Status)
	}
	return d
}

// recordedStore is a store on recordedTown().
func recordedStore(t testing.TB) *Store {
	t.Helper()
	return filledStore(t, "recorded town", func() (geo.Dataset, error) { return recordedTown(), nil })
}

// Nothing disagrees in a district that was only changed through the program,
// and looking leaves no trace.
func TestVerifySound(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	first := agreed(t, s, nil)
	if first.Events != 19 || first.Rows == 0 || first.Head.EventID != 19 || len(first.Head.Hash) != 64 || first.Head.At.IsZero() {
		t.Errorf("%+v", first)
	}
	moved(t, s, geo.RoleTrading, geo.ParcelMachine, "P01", "contracted", "on", "2018-09-20", "contract_no", "HT", "supervision_no", "DZ")
	moved(t, s, geo.RoleTrading, geo.ParcelMachine, "P02", "listed")
	moved(t, s, geo.RoleLeader, geo.ProjectMachine, "J03", "landed")
	if _, err := s.Transition(t.Context(), admin(), geo.Transition{Entity: geo.ParcelMachine, Code: "P01", To: "voided", Reason: "违约"}); err != nil {
		t.Fatal(err)
	}
	second := agreed(t, s, &first.Head)
	if second.Head.Revision != 5 || second.Head.EventID != 23 {
		t.Errorf("head %+v", second.Head)
	}
	if head, err := s.ChainHead(t.Context()); err != nil || head.Hash != second.Head.Hash || head.EventID != 23 {
		t.Errorf("head %+v, %v", head, err)
	}
	agreed(t, s, &second.Head)
}

// rechained rewrites the log from an event on, as somebody would who knows how
// the hashes are made and owns the database.
func rechained(t *testing.T, tx pgx.Tx) {
	t.Helper()
	p := &proof{tx: tx, count: map[string]int{}}
	before := make([]byte, 32)
	hashes := map[int64][]byte{}
	last := int64(0)
	if err := p.links(t.Context(), 1, func(l link) (err error) {
		before, err = chain(before, l.Event, l.data)
		hashes[l.ID], last = before, l.ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for id, hash := range hashes {
		if _, err := tx.Exec(t.Context(), `update land.event set hash = $2 where id = $1`, id, hash); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(t.Context(), `update land.revision set event_id = $1, event_hash = $2`, last, before); err != nil {
		t.Fatal(err)
	}
}

// doctored is what Verify finds once somebody has changed the database past the
// program, which is undone again.
func doctored(t *testing.T, conn *pgx.Conn, before *geo.ChainHead, sql string, more func(tx pgx.Tx)) geo.Verdict {
	t.Helper()
	tx, err := conn.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // nothing is to be kept
	if _, err := tx.Exec(t.Context(), sql, simple); err != nil {
		t.Fatal(err)
	}
	if more != nil {
		more(tx)
	}
	p := &proof{tx: tx, before: before, count: map[string]int{}}
	if err := p.run(t.Context(), p.all()); err != nil {
		t.Fatal(err)
	}
	return p.verdict
}

// Whoever changes the log past the program, as a superuser can, is found out,
// and the first bad event is named. What rewrites all hashes and the head with
// them is found by a head that was exported before.
func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	head := agreed(t, s, nil).Head
	conn := connect(t, s)
	const swap = `update land.event set id = -1 where id = 7; update land.event set id = 7 where id = 12; update land.event set id = 12 where id = -1;`
	for name, c := range map[string]struct {
		sql     string
		rechain bool
		check   string
		event   int64
		code    string
		words   string
	}{
		"an edited reason":  {`update land.event set reason = 'x' where id = 3`, false, chainCheck, 3, "A03", "altered"},
		"edited data":       {`update land.event set data = '{"note": "H02"}' where id = 6`, false, chainCheck, 6, "H01", "altered"},
		"an edited time":    {`update land.event set happened = happened + interval '1 microsecond' where id = 1`, false, chainCheck, 1, "A01", "altered"},
		"a changed hash":    {`update land.event set hash = decode(repeat('ab', 32), 'hex') where id = 19`, false, chainCheck, 19, "W02", "altered"},
		"a deleted event":   {`delete from land.event where id = 4`, false, chainCheck, 4, "", "missing"},
		"the first deleted": {`delete from land.event where id = 1`, false, chainCheck, 1, "", "missing"},
		"closed ranks":      {`delete from land.event where id = 4; update land.event set id = id - 100 where id > 4; update land.event set id = id + 99 where id < 0; update land.revision set event_id = 18`, false, chainCheck, 4, "B02", "altered"},
		"two swapped":       {swap, false, chainCheck, 7, "P03", "reordered"},
		"a cut tail":        {`delete from land.event where id > 16`, false, headCheck, 17, "", "cut off"},
		"an added event": {
			`insert into land.event select 20, revision, entity, entity_id, code, verb, from_state, to_state, happened, recorded, actor, role, reason, source, data, hash from land.event where id = 19`,
			false, chainCheck, 20, "W02", "altered",
		},
		"a cut tail, the head rewritten": {`delete from land.event where id > 16`, true, headCheck, 17, "", "cut off"},
		"an edit, all hashes rewritten":  {`update land.event set reason = 'x' where id = 3`, true, headCheck, 19, "", "rewritten"},
		"a swap, all hashes rewritten":   {swap, true, headCheck, 19, "", "rewritten"},
		"a deletion, renumbered, rewritten": {
			`delete from land.event where id = 4; update land.event set id = id - 100 where id > 4; update land.event set id = id + 99 where id < 0`,
			true, headCheck, 19, "", "cut off",
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := doctored(t, conn, &head, c.sql, func(tx pgx.Tx) {
				if c.rechain {
					rechained(t, tx)
				}
			})
			if len(v.Findings) == 0 {
				t.Fatal("nothing was found")
			}
			f := v.Findings[0]
			if f.Check != c.check || f.Event != c.event || f.Code != c.code || !strings.Contains(f.En, c.words) || f.Zh == "" {
				t.Errorf("found %+v, want %s, event %d, code %q, %q", f, c.check, c.event, c.code, c.words)
			}
		})
	}
}

// A row that somebody doctored is found by what it no longer agrees with.
func TestVerifyFindsDoctoredRows(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	agreed(t, s, nil)
	conn := connect(t, s)
	for name, c := range map[string]struct {
		sql         string
		check, code string
		words       string
	}{
		"a status":              {`update land.parcel set status = 'planned' where code = 'P04'`, stateCheck, "P04", "last event leaves it reserved"},
		"a household's status":  {`update priv.household set status = 'vacated' where code = 'H03'`, stateCheck, "H03", "signed"},
		"a thing without event": {`insert into land.problem (code, area_id, title, status) select 'W03', id, 'x', 'closed' from land.area where code = 'A01'`, stateCheck, "W03", "no event"},
		"a deleted thing":       {`delete from land.problem where code = 'W02'`, stateCheck, "W02", "is no more"},
		"another code":          {`update land.building set code = 'B99' where code = 'B02'`, stateCheck, "B02", "B99"},
		"a public price":        {`update pub.parcel set start_fen = start_fen + 1 where code = 'P01'`, projectionCheck, "P01", "start_fen"},
		"a public shape":        {`update pub.area set geom = st_translate(geom, 1e-7, 0) where code = 'A02'`, projectionCheck, "A02", "geom"},
		"a public row missing":  {`delete from pub.project where code = 'J01'`, projectionCheck, "J01", "lacks"},
		"cleared land missing":  {`delete from pub.cleared_land where official_m2 = (select min(official_m2) from pub.cleared_land)`, projectionCheck, "A02", "lacks"},
		"a public row too many": {`insert into pub.project (public_id, code, name, status, industry, board, amount_fen, updated_at) select public_id, code, name, status, '', '', 0, now() from land.project where code = 'J02'`, projectionCheck, "J02", "not to be published"},
		"a public event more":   {`insert into pub.event (collection, public_id, no, verb, from_state, to_state, happened, recorded) select 'parcels', public_id, 9, 'moved', '', 'sold', now(), now() from pub.parcel where code = 'P01'`, projectionCheck, "P01", "pub.event"},
		"a reserve price shown": {`update pub.round set deal_fen = 1 where parcel = (select public_id from pub.parcel where code = 'P02')`, projectionCheck, "P02", "deal_fen"},
		"a land row past pub":   {`update land.parcel set name = '改名' where code = 'P02'`, projectionCheck, "P02", "name"},
		"a deal":                {`update land.round set deal_fen = 0, outcome = '' where buyer = '某置业公司'`, roundCheck, "P01", "sold"},
		"a round":               {`delete from land.round where notice_no = '岳楼示挂(2017)03号'`, roundCheck, "P01", "should be 1 to 2"},
		"an open round before":  {`update land.round set outcome = '' where notice_no = '岳楼示挂(2017)03号'`, roundCheck, "P01", "not ended"},
		"a stage without date":  {`update priv.household set signed_on = null where code = 'H03'`, figureCheck, "H03", "signed_on"},
		"moved out unpaid":      {`update priv.household set paid_on = vacated_on + 1 where code = 'H01'`, articleCheck, "H01", "art. 27"},
		"a record's number":     {`update priv.record set no = 2`, recordCheck, "H04", "without gaps"},
		"a record past the log": {`insert into land.record (entity, entity_id, kind, no, on_day, by_login) select 'area', id, 'meeting', 1, now(), 'x' from land.area where code = 'A03'`, recordCheck, "A03", "no event tells"},
		"an extension":          {`update land.problem set extensions = 1 where code = 'W01'`, recordCheck, "W01", "extensions"},
		"the feed":              {`insert into land.change select 9, 'parcels', id, 'sold' from land.parcel where code = 'P03'; update land.revision set revision = 9`, feedCheck, "parcels 3", "told sold, is planned"},
		"the feed ahead":        {`insert into pub.change values (7, '*', 0)`, feedCheck, "pub", "revision 1"},
	} {
		t.Run(name, func(t *testing.T) {
			v := doctored(t, conn, nil, c.sql, nil)
			for _, f := range v.Findings {
				if f.Check == c.check && f.Code == c.code && strings.Contains(f.En, c.words) && f.Zh != "" {
					return
				}
			}
			t.Errorf("found %+v, want %s of %s with %q", v.Findings, c.check, c.code, c.words)
		})
	}
}

// Verifying waits for no writer and no writer for it, and it sees one revision.
func TestVerifyBesideWriters(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			to := []string{"listed", "suspended"}[i%2]
			_, err := s.Transition(t.Context(), admin(), geo.Transition{Entity: geo.ParcelMachine, Code: "P02", To: to, Reason: "试"})
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	first := agreed(t, s, nil)
	last := first
	for range 20 {
		last = agreed(t, s, &last.Head)
	}
	close(stop)
	wg.Wait()
	if last.Events == first.Events {
		t.Error("nothing was written meanwhile")
	}
	// What holds the projection's rows locked does not hold up the proof either.
	tx, err := connect(t, s).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `select from land.revision for update; select from pub.parcel for update`, simple); err != nil {
		t.Fatal(err)
	}
	agreed(t, s, &last.Head)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyFiles(t *testing.T) {
	t.Parallel()
	s := recordedStore(t)
	const there, gone, short = "aa", "bb", "cc"
	for i, sum := range []string{there, gone, short, there} {
		_, err := connect(t, s).Exec(t.Context(), `
			insert into priv.file (token, entity, entity_id, name, media_type, bytes, sha256, by_login, struck_at)
			values ($1::integer::text, 'area', 1, 'x.pdf', 'application/pdf', 10, repeat($2, 32), 'x', case when $1 = 3 then now() end)`, i, sum)
		if err != nil {
			t.Fatal(err)
		}
	}
	findings, err := s.VerifyFiles(t.Context(), func(sum string) (bool, error) {
		if sum[:2] == gone {
			return false, fs.ErrNotExist
		}
		return sum[:2] == there, nil
	})
	if err != nil || len(findings) != 2 || findings[0].Code[:2] != gone || findings[1].Code[:2] != short {
		t.Errorf("%+v, %v", findings, err)
	}
}
