package main

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"

	"tengdi/geo/postgis/local"
)

// summaryJSON is what the figures test reads of /api/summary.
type summaryJSON struct {
	Areas struct {
		Total     int     `json:"total"`
		PlanMu    float64 `json:"plan_mu"`
		ClearedMu float64 `json:"cleared_mu"`
	} `json:"areas"`
	Households *struct {
		Surveyed, Signed, Moved, Demolished int
	} `json:"households"`
	Parcels struct {
		Total         int     `json:"total"`
		Sold          int     `json:"sold"`
		SoldMu        float64 `json:"sold_mu"`
		SoldWan       float64 `json:"sold_wan"`
		PricePerMuWan float64 `json:"price_per_mu_wan"`
	} `json:"parcels"`
	Projects struct {
		Total   int `json:"total"`
		Over1yi int `json:"over_1yi"`
	} `json:"projects"`
}

// figures are the district's headline figures, from whichever source.
type figures struct {
	areas, moved, sold, projects, over1yi int
	clearedMu, soldMu, soldWan            float64
}

func (f figures) String() string {
	return fmt.Sprintf("%d areas, %d households moved, %.2f mu cleared, %d sold, %.2f mu, %.0f 万, %d projects, %d over 1 亿",
		f.areas, f.moved, f.clearedMu, f.sold, f.soldMu, f.soldWan, f.projects, f.over1yi)
}

// TestFigures: the headline figures of the article, from the summary, from SQL
// over the tables, and from adding up the items of the API.
func TestFigures(t *testing.T) {
	p := demoService(t)
	staff := signIn(t, p.url, "leader")
	want := figures{areas: 43, moved: 26000, clearedMu: 11000, sold: 35, soldMu: 2060, soldWan: 1030000, projects: 91, over1yi: 50}

	var s summaryJSON
	getJSON(t, staff, p.url+"/api/summary", &s)
	if s.Households == nil {
		t.Fatal("no household figures for staff")
	}
	if s.Parcels.PricePerMuWan != 500 {
		t.Errorf("price per mu %.4f 万, want 500", s.Parcels.PricePerMuWan)
	}
	sources := map[string]figures{
		"summary": {
			areas: s.Areas.Total, moved: s.Households.Moved, clearedMu: s.Areas.ClearedMu, sold: s.Parcels.Sold,
			soldMu: s.Parcels.SoldMu, soldWan: s.Parcels.SoldWan, projects: s.Projects.Total, over1yi: s.Projects.Over1yi,
		},
		"SQL":   figuresBySQL(t),
		"items": figuresByItems(t, staff, p.url),
	}
	for name, got := range sources {
		if got.String() != want.String() {
			t.Errorf("%s: %v\nwant    %v", name, got, want)
		}
	}

	var public summaryJSON
	getJSON(t, client(t), p.url+"/api/summary", &public)
	if public.Households != nil {
		t.Error("the public summary has household figures")
	}
	if public.Parcels.Sold != 35 || math.Round(public.Parcels.SoldMu*100) != 206000 {
		t.Errorf("public: %d sold, %.2f mu", public.Parcels.Sold, public.Parcels.SoldMu)
	}
}

// figuresBySQL recounts over the tables, not by the service's own queries.
func figuresBySQL(t *testing.T) (f figures) {
	t.Helper()
	address, ok := local.Attach(demo.data)
	if !ok {
		t.Fatal("the demo's cluster is not running")
	}
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, address(databaseName))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, `
		with sold as (
			select p.survey_m2, r.deal_fen as deal
			from land.parcel p
			join land.round r on r.parcel_id = p.id and r.outcome = 'sold'
			where p.status in ('sold', 'contracted', 'paid', 'handed_over', 'started', 'completed'))
		select
			(select count(*) from land.area),
			(select count(*) from priv.household where status in ('vacated', 'closed')),
			(select sum(survey_m2) * 15 / 10000 from land.cleared_land)::float8,
			(select count(*) from sold),
			(select sum(survey_m2) * 15 / 10000 from sold)::float8,
			(select sum(deal) / 1000000.0 from sold)::float8,
			(select count(*) from land.project),
			(select count(*) from land.project where amount_fen >= 10000000000)`).
		Scan(&f.areas, &f.moved, &f.clearedMu, &f.sold, &f.soldMu, &f.soldWan, &f.projects, &f.over1yi)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// figuresByItems adds up what the collections answer, page by page.
func figuresByItems(t *testing.T, c *http.Client, base string) (f figures) {
	t.Helper()
	for item := range items(t, c, base, "areas") {
		f.areas++
		f.moved += int(num(item["vacated"]))
		f.clearedMu += num(item["cleared_mu"])
	}
	for item := range items(t, c, base, "parcels") {
		switch item["status"] {
		case "sold", "contracted", "paid", "handed_over", "started", "completed":
			f.sold++
			f.soldMu += num(item["mu"])
			f.soldWan += num(item["deal_wan"])
		}
	}
	for item := range items(t, c, base, "projects") {
		f.projects++
		if num(item["amount_wan"]) >= 10000 {
			f.over1yi++
		}
	}
	return f
}

func num(v any) float64 {
	n, _ := v.(float64) // an absent property counts nothing
	return n
}

// items yields the properties of every item of a collection, following the next
// links.
func items(t *testing.T, c *http.Client, base, collection string) func(yield func(map[string]any) bool) {
	t.Helper()
	return itemsFrom(t, c, base+"/api/collections/"+collection+"/items?limit=17")
}

// itemsFrom is items, from a first page on.
func itemsFrom(t *testing.T, c *http.Client, first string) func(yield func(map[string]any) bool) {
	t.Helper()
	return func(yield func(map[string]any) bool) {
		next := first
		for next != "" {
			var page struct {
				Features []struct {
					Properties map[string]any `json:"properties"`
				} `json:"features"`
				Links []struct{ Rel, Href string } `json:"links"`
			}
			getJSON(t, c, next, &page)
			for _, f := range page.Features {
				if !yield(f.Properties) {
					return
				}
			}
			here := next
			next = ""
			for _, l := range page.Links {
				if l.Rel == "next" {
					u, err := url.Parse(here)
					if err != nil {
						t.Fatal(err)
					}
					ref, err := u.Parse(l.Href)
					if err != nil {
						t.Fatal(err)
					}
					next = ref.String()
				}
			}
		}
	}
}
