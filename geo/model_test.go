package geo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// walk goes a random way through a machine: any state asked for, any role, at
// times one of the move's guards broken. It must stay in the catalogue, go along
// arrows only, by who may, and be refused for what was wrong and nothing else.
func (s suite[F]) walk(t *rapid.T) {
	state := s.machine.Initial
	var states []string
	for _, st := range Statuses(s.machine.Name) {
		states = append(states, st.Code)
	}
	for range rapid.IntRange(1, 40).Draw(t, "steps") {
		to := rapid.SampledFrom(states).Draw(t, "to")
		if allowed := s.machine.Allowed(state, RoleAdmin); len(allowed) > 0 && rapid.IntRange(0, 3).Draw(t, "sensible") > 0 {
			to = rapid.SampledFrom(allowed).Draw(t, "allowed")
		}
		role := rapid.SampledFrom(append(Roles(), RoleSystem, RoleAdmin, RoleAdmin)).Draw(t, "role")
		f, want := s.good(state, to), []string{}
		mv, exists := s.machine.Move(state, to)
		switch {
		case !exists:
			want = append(want, "no_such_move")
		case !slices.Contains(mv.Roles, role):
			want = append(want, "role")
		}
		if exists && rapid.IntRange(0, 2).Draw(t, "break") == 0 {
			var codes []string
			for _, g := range mv.Guards {
				codes = append(codes, g.Code)
			}
			code := rapid.SampledFrom(codes).Draw(t, "guard")
			if !s.breaks(mv, code, &f) {
				t.Fatalf("guard %s of %s to %s cannot be broken", code, state, to)
			}
			want = append(want, code)
		}
		err := s.machine.Check(state, to, role, f)
		if got := refusals(err); got != strings.Join(want, " ") {
			t.Fatalf("%s to %s as %s: refused for %q, want %q", state, to, role, got, want)
		}
		if err == nil {
			state = to
		}
		if _, ok := StatusOf(s.machine.Name, state); !ok {
			t.Fatalf("the walk left the catalogue at %q", state)
		}
	}
}

func TestRandomWalks(t *testing.T) {
	t.Run("area", rapid.MakeCheck(areaSuite().walk))
	t.Run("building", rapid.MakeCheck(buildingSuite().walk))
	t.Run("household", rapid.MakeCheck(householdSuite().walk))
	t.Run("parcel", rapid.MakeCheck(parcelSuite().walk))
	t.Run("problem", rapid.MakeCheck(problemSuite().walk))
	t.Run("project", rapid.MakeCheck(projectSuite().walk))
}

// onward picks a move, seldom a step back where others are to be had.
func onward[F any](t *rapid.T, m Machine[F], state string) string {
	to := m.Allowed(state, RoleAdmin)
	on := slices.DeleteFunc(slices.Clone(to), func(s string) bool {
		mv, _ := m.Move(state, s)
		return mv.Back
	})
	if len(on) > 0 && rapid.IntRange(0, 7).Draw(t, "step back") > 0 {
		to = on
	}
	return rapid.SampledFrom(to).Draw(t, "to")
}

// life is a household with its own memory, as the store keeps one.
type life struct {
	HouseholdFacts
	status    string
	history   []string // states passed, the present one last
	vacatedOn time.Time
}

// step tries one move on a day and keeps what it records.
func (l *life) step(to string, role Role, data MoveData, day time.Time) error {
	f := l.HouseholdFacts
	f.Take(data)
	f.On, f.Now, f.Zone, f.Reason, f.Before = day, day, china, "记录在案", ""
	if n := len(l.history); n > 1 {
		f.Before = l.history[n-2]
	}
	m := HouseholdMoves()
	if err := m.Check(l.status, to, role, f); err != nil {
		return err
	}
	mv, _ := m.Move(l.status, to)
	f.LastOn = day
	switch {
	case mv.Back && l.status == "paid":
		f.PaidOn, f.Paid = time.Time{}, 0
	case mv.Back && l.status == "vacated":
		l.vacatedOn = time.Time{}
	case !mv.Back && to == "paid":
		f.PaidOn = day
	case !mv.Back && to == "vacated":
		l.vacatedOn = day
	}
	l.HouseholdFacts, l.status = f, to
	l.history = append(l.history, to)
	return nil
}

// Whatever is tried: nobody moves out before compensation, unless the agreement
// says so with a reason or the court path deposited it; nobody is closed
// without it; the court is asked in its time only.
func TestCompensationComesFirst(t *testing.T) {
	moved := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		l := life{status: "registered", history: []string{"registered"}, HouseholdFacts: HouseholdFacts{SignTo: date("2016-06-30")}}
		day := date("2016-01-04")
		for range rapid.IntRange(15, 50).Draw(t, "steps") {
			day = day.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 3, 20, 100, 190}).Draw(t, "days"))
			to := onward(t, HouseholdMoves(), l.status)
			values := map[string]string{}
			for _, k := range DataFields(HouseholdMachine, to) {
				if rapid.IntRange(0, 5).Draw(t, k.Name) > 0 {
					values[k.Name] = householdValue(t, k, day)
				}
			}
			data, err := ReadData(HouseholdMachine, to, values)
			if err != nil {
				t.Fatal(err)
			}
			was := l.status
			if l.step(to, rapid.SampledFrom([]Role{RoleAdmin, RoleAdmin, RoleAdmin, RolePlanner, RoleField}).Draw(t, "role"), data, day) != nil {
				continue
			}
			moved[to]++
			switch to {
			case "vacated":
				paid := !l.PaidOn.IsZero() && !l.PaidOn.After(l.vacatedOn)
				if mv, _ := HouseholdMoves().Move(was, to); !mv.Back && !paid && l.PayLater == "" && !l.Deposited {
					t.Fatalf("moved out on %v, paid on %v: %v", l.vacatedOn, l.PaidOn, l.history)
				}
			case "closed":
				if l.PaidOn.IsZero() && !l.Deposited {
					t.Fatalf("closed without compensation: %v", l.history)
				}
			case "court_applied":
				if mv, _ := HouseholdMoves().Move(was, to); !mv.Back && day.Before(l.ServedOn.AddDate(0, 6, 0)) {
					t.Fatalf("served on %v, applied on %v", l.ServedOn, day)
				}
			}
		}
	})
	t.Logf("moves made: %v", moved)
	for _, s := range []string{"signed", "paid", "vacated"} {
		if moved[s] == 0 {
			t.Errorf("the walks never reached %s: they show nothing", s)
		}
	}
}

func householdValue(t *rapid.T, k DataKey, day time.Time) string {
	switch k.Name {
	case "legal":
		return rapid.SampledFrom([]string{"legal", "illegal", "undetermined"}).Draw(t, "finding")
	case "mode":
		return rapid.SampledFrom([]string{"money", "swap"}).Draw(t, "mode")
	case "amount_wan", "paid_wan", "value_wan":
		return rapid.SampledFrom([]string{"0", "30", "42.5"}).Draw(t, "amount")
	}
	switch k.Type {
	case DateField:
		return day.Format(time.DateOnly)
	case BoolField:
		return rapid.SampledFrom([]string{"true", "false"}).Draw(t, "flag")
	}
	return sampleValue(k.Type)
}

// A parcel is on offer no earlier than 20 days after its notice, and sold no
// earlier than its listing's end and for no less than start and reserve,
// whatever way it came: failed and offered again, suspended, voided.
func TestLandIsSoldByTheRules(t *testing.T) {
	moved := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		f := goodParcel("reserved", "planned")
		f.Occasion = Occasion{Zone: china}
		f.Deal, f.Buyer, f.Paid = 0, "", 0
		status, before, day := "reserved", "", date("2018-01-02")
		for range rapid.IntRange(20, 60).Draw(t, "steps") {
			day = day.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 9, 10, 19, 20, 30}).Draw(t, "days"))
			to := onward(t, ParcelMoves(), status)
			try := f
			try.On, try.Now, try.Before, try.Reason = day, day, before, "记录在案"
			switch to {
			case "announced":
				notice := rapid.SampledFrom([]int{19, 20, 25}).Draw(t, "notice")
				listing := rapid.SampledFrom([]int{9, 10, 12}).Draw(t, "listing")
				try.NoticeOn, try.ListFrom = day, day.AddDate(0, 0, notice)
				try.ListTo = try.ListFrom.AddDate(0, 0, listing)
				try.ApplyFrom, try.FilesFrom, try.DepositBy = time.Time{}, time.Time{}, time.Time{}
			case "sold":
				try.Deal, try.Buyer = FromWan(rapid.SampledFrom([]float64{12_000, 11_000, 10_999, 9_999}).Draw(t, "deal")), "示例置业"
			}
			if ParcelMoves().Check(status, to, RoleAdmin, try) != nil {
				continue
			}
			mv, _ := ParcelMoves().Move(status, to)
			try.LastOn = day
			before, status, f = status, to, try
			moved[to]++
			if mv.Back {
				continue
			}
			switch to {
			case "listed":
				if day.Before(f.NoticeOn.AddDate(0, 0, 20)) || day.Before(f.ListFrom) {
					t.Fatalf("notice on %v, listing from %v, listed on %v", f.NoticeOn, f.ListFrom, day)
				}
			case "sold":
				if day.Before(f.ListFrom.AddDate(0, 0, 10)) || day.Before(f.ListTo) || f.Deal < f.Start || f.Deal < f.Reserve {
					t.Fatalf("listing from %v to %v, sold on %v for %s", f.ListFrom, f.ListTo, day, f.Deal)
				}
			}
		}
	})
	t.Logf("moves made: %v", moved)
	for _, s := range []string{"listed", "sold", "failed"} {
		if moved[s] == 0 {
			t.Errorf("the walks never reached %s: they show nothing", s)
		}
	}
}
