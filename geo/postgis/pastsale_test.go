package postgis

import (
	"testing"

	"tengdi/geo"
)

// A sale that was voided later, after which another round sold the parcel again, is
// told in its own quarter on the days on which it held.
func TestPastSaleIsOfItsOwnRound(t *testing.T) {
	t.Parallel()
	s := filledStore(t, "hamlet sold twice", func() (geo.Dataset, error) {
		d := hamlet()
		d.Parcels = append(d.Parcels, geo.Parcel{Code: "A01-Z", Area: "A01", Status: "contracted", Shape: square(0, 60, 50), Measures: mu(5)})
		d.Rounds = append(d.Rounds,
			geo.Round{Parcel: "A01-Z", No: 1, NoticeNo: "示挂(2019)1号", Mode: "listing", Start: 900 * geo.Wan, NoticeOn: date(2019, 3, 1), Outcome: "voided"},
			geo.Round{Parcel: "A01-Z", No: 2, NoticeNo: "示挂(2021)1号", Mode: "listing", Start: 900 * geo.Wan, NoticeOn: date(2021, 3, 1), Deal: 1000 * geo.Wan, SoldOn: date(2021, 8, 10), Outcome: "sold"})
		from := ""
		for _, m := range []struct {
			to      string
			y, m, d int
		}{
			{"reserved", 2018, 1, 5},
			{"planned", 2019, 1, 10},
			{"announced", 2019, 3, 1},
			{"listed", 2019, 4, 1},
			{"sold", 2019, 5, 20},
			{"voided", 2020, 6, 1},
			{"planned", 2020, 9, 1},
			{"announced", 2021, 3, 1},
			{"listed", 2021, 4, 1},
			{"sold", 2021, 8, 10},
			{"contracted", 2021, 8, 20},
		} {
			verb := geo.Moved
			if from == "" {
				verb = geo.Created
			}
			d.Events = append(d.Events, geo.Event{Entity: geo.ParcelMachine, Code: "A01-Z", Verb: verb, From: from, To: m.to, On: date(m.y, m.m, m.d)})
			from = m.to
		}
		return d, nil
	})
	for at, want := range map[geo.Day][2]int{
		geo.CivilDay(date(2019, 5, 20)): {2019, 2}, geo.CivilDay(date(2019, 12, 31)): {2019, 2}, geo.CivilDay(date(2020, 5, 31)): {2019, 2},
		geo.CivilDay(date(2020, 12, 31)): {}, geo.CivilDay(date(2021, 8, 10)): {2021, 3}, geo.CivilDay(date(2022, 1, 1)): {2021, 3}, 0: {2021, 3},
	} {
		got, err := s.BoardAuctions(t.Context(), geo.SummaryQuery{At: at})
		if err != nil {
			t.Fatal(err)
		}
		sold := [][2]int{}
		for _, r := range got.Rows {
			for range r.Sold {
				sold = append(sold, [2]int{r.Year, r.Quarter})
			}
		}
		if want == [2]int{} && len(sold) > 0 || want != [2]int{} && (len(sold) != 1 || sold[0] != want) {
			t.Errorf("on %s sales are told of %v, want %v", at, sold, want)
		}
	}
}
