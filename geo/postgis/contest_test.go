package postgis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"tengdi/geo"
)

// listed brings parcel P05 to a listing that is over and can be sold.
func listed(t *testing.T, s *Store) int {
	t.Helper()
	p := geo.ParcelMachine
	moved(t, s, geo.RolePlanner, p, "P05", "planned", "on", "2019-12-01")
	moved(t, s, geo.RoleTrading, p, "P05", "announced", "on", "2020-01-02", "notice_no", "岳楼示挂（2020）01号", "mode", "listing",
		"start_wan", "800", "deposit_wan", "160", "step_wan", "5", "notice_on", "2020-01-02", "list_from", "2020-02-01", "list_to", "2020-02-20")
	return moved(t, s, geo.RoleTrading, p, "P05", "listed", "on", "2020-02-01").Version
}

// Fifty sell one parcel at once: one deal, and everybody else learns that it is
// gone. With the version they are told that they were late, without it that
// there is no such move.
func TestFiftySellOneParcel(t *testing.T) {
	t.Parallel()
	for _, named := range []bool{true, false} {
		t.Run(fmt.Sprintf("version named %v", named), func(t *testing.T) {
			s := townStore(t)
			version := listed(t, s)
			if !named {
				version = 0
			}
			const sellers = 50
			results := make([]error, sellers)
			var wg sync.WaitGroup
			start := make(chan struct{})
			for i := range sellers {
				wg.Go(func() {
					<-start
					_, results[i] = s.Transition(context.WithoutCancel(t.Context()), actorOf(geo.RoleTrading), geo.Transition{
						Entity: geo.ParcelMachine, Code: "P05", To: "sold", On: date(2020, 2, 21), Version: version,
						Data: map[string]string{"deal_wan": fmt.Sprint(900 + i), "buyer": fmt.Sprintf("公司%02d", i)},
					})
				})
			}
			close(start)
			wg.Wait()
			winner := -1
			for i, err := range results {
				switch {
				case err == nil && winner < 0:
					winner = i
				case err == nil:
					t.Errorf("%d and %d both bought it", winner, i)
				case named && !isStale(err):
					t.Errorf("seller %d: %v", i, err)
				case !named && guards(err) != "no_such_move":
					t.Errorf("seller %d: %v", i, err)
				}
			}
			if n := scan[int64](t, connect(t, s), `select count(*) from land.event where code = 'P05' and to_state = 'sold'`); n != 1 || winner < 0 {
				t.Fatalf("%d deals recorded, winner %d", n, winner)
			}
			f, err := s.Feature(t.Context(), geo.Public, "parcels", "P05")
			if err != nil || f.Properties["deal_wan"] != float64(900+winner) || f.Properties["buyer"] != fmt.Sprintf("公司%02d", winner) {
				t.Errorf("published: %v, %v", f.Properties, err)
			}
		})
	}
}

// edits is how often the two planners write in all.
func edits() int {
	if testing.Short() {
		return 200
	}
	return 2000
}

// Two planners edit one parcel at once, each reading, changing a field of the
// two of them and trying again when the other was faster: every edit that was
// acknowledged is there, in the row and in the log.
func TestTwoPlannersLoseNoUpdate(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	perPlanner := edits() / 2
	stales := make([]int, 2)
	var wg sync.WaitGroup
	for p := range 2 {
		wg.Go(func() {
			for n := 0; n < perPlanner; {
				f, err := s.Feature(t.Context(), geo.Staff, "parcels", "P04")
				if err != nil {
					t.Error(err)
					return
				}
				// The name counts the edits of both: a lost update loses a count.
				var count int
				if name := f.Properties["name"].(string); name != "储备地块" {
					if _, err := fmt.Sscan(name, &count); err != nil {
						t.Error(err)
						return
					}
				}
				e, err := s.Correct(t.Context(), actorOf(geo.RolePlanner), geo.Edit{
					Collection: "parcels", Code: "P04", Version: f.Version,
					Values: map[string]string{"name": fmt.Sprint(count + 1), "address": fmt.Sprintf("%d-%d", p, n)},
				})
				switch {
				case err == nil && e.Version == f.Version+1:
					n++
				case isStale(err):
					stales[p]++
				default:
					t.Errorf("%+v, %v", e, err)
					return
				}
			}
		})
	}
	wg.Wait()
	conn := connect(t, s)
	total := 2 * perPlanner
	got := scan[string](t, conn, `select name || ' ' || version from land.parcel where code = 'P04'`)
	if want := fmt.Sprintf("%d %d", total, total+1); got != want {
		t.Errorf("count and version %s, want %s", got, want)
	}
	gaps := scan[int64](t, conn, `
		select count(*)
		from (
			select data -> 'name' ->> 'from' as was, lag(data -> 'name' ->> 'to') over (order by id) as before
			from land.event
			where code = 'P04' and verb = 'corrected') e
		where was <> before`)
	if n := scan[int64](t, conn, `select count(*) from land.event where code = 'P04' and verb = 'corrected'`); n != int64(total) || gaps != 0 {
		t.Errorf("%d events of %d edits, %d of them do not follow the one before", n, total, gaps)
	}
	unbroken(t, s)
	t.Logf("%d edits, refused as late: %v", total, stales)
}

// parcelInput is an operation on the register that a parcel is: a read, or a
// write that names the version it saw.
type parcelInput struct {
	write bool
	seen  int
	name  string
}

type parcelOutput struct {
	stale   bool
	version int
	name    string
}

type parcelState struct {
	version int
	name    string
}

func parcelModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return parcelState{1, "储备地块"} },
		Step: func(state, input, output any) (bool, any) {
			st, in, out := state.(parcelState), input.(parcelInput), output.(parcelOutput)
			if !in.write {
				return out.version == st.version && out.name == st.name, st
			}
			if in.seen != st.version {
				return out.stale && out.version == st.version, st
			}
			next := parcelState{st.version + 1, in.name}
			return !out.stale && out.version == next.version, next
		},
		Equal:             func(a, b any) bool { return a == b },
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
	}
}

// What eight clients read and write of one parcel could have happened one after
// the other, each at a moment between its question and its answer.
func TestParcelIsLinearizable(t *testing.T) {
	t.Parallel()
	s := townStore(t)
	const clients, each = 8, 40
	var mu sync.Mutex
	var history []porcupine.Operation
	began := time.Now()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			version := 1
			for i := range each {
				in := parcelInput{write: i%2 == 1, seen: version, name: fmt.Sprintf("%d-%d", c, i)}
				call := time.Since(began).Nanoseconds()
				out, err := ask(t.Context(), s, in)
				back := time.Since(began).Nanoseconds()
				if err != nil {
					t.Error(err)
					return
				}
				version = out.version
				if !in.write {
					in.seen, in.name = 0, ""
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: c, Input: in, Call: call, Output: out, Return: back})
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if result := porcupine.CheckOperationsTimeout(parcelModel(), history, time.Minute); result != porcupine.Ok {
		t.Errorf("the history of %d operations is %s", len(history), result)
	}
	// The check can fail: one answer of the past put in place of a later one.
	for i := len(history) - 1; i >= 0; i-- {
		if out := history[i].Output.(parcelOutput); !history[i].Input.(parcelInput).write && out.version > 1 {
			out.version, out.name = 1, "储备地块"
			history[i].Output = out
			break
		}
	}
	if result := porcupine.CheckOperationsTimeout(parcelModel(), history, time.Minute); result != porcupine.Illegal {
		t.Errorf("a history with an old answer is %s", result)
	}
}

// ask reads the parcel or writes its name.
func ask(ctx context.Context, s *Store, in parcelInput) (parcelOutput, error) {
	if !in.write {
		f, err := s.Feature(ctx, geo.Staff, "parcels", "P04")
		name, _ := f.Properties["name"].(string)
		return parcelOutput{version: f.Version, name: name}, err
	}
	e, err := s.Correct(ctx, actorOf(geo.RolePlanner), geo.Edit{
		Collection: "parcels", Code: "P04", Version: in.seen, Values: map[string]string{"name": in.name},
	})
	var stale *geo.StaleError
	if errors.As(err, &stale) {
		return parcelOutput{stale: true, version: stale.Version}, nil
	}
	return parcelOutput{version: e.Version}, err
}
