package sample

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

//go:embed areas.csv
var areasCSV string

//go:embed sold_parcels.csv
var soldCSV string

// areaRow is one line of areas.csv: what an area's figures must come to.
type areaRow struct {
	code, name, basis             string
	street                        string
	lon, lat                      float64
	board, status, leader         string
	total, signed, vacated, razed int     // households
	mu, cleared                   float64 // plan and cleared land
}

// saleRow is one line of sold_parcels.csv.
type saleRow struct {
	notice, area, use    string
	mu                   float64
	start, deposit, deal float64 // 万元
	soldOn               geo.Day
}

// table reads a csv file of ours; fn is told the row by column name and may
// collect errors in the reader.
func table(name, text string, fn func(r *rowReader)) error {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) < 2 {
		return fmt.Errorf("%s: no rows", name)
	}
	for i, row := range rows[1:] {
		r := &rowReader{head: rows[0], row: row}
		fn(r)
		if r.err != nil {
			return fmt.Errorf("%s row %d: %w", name, i+2, r.err)
		}
	}
	return nil
}

type rowReader struct {
	head, row []string
	err       error
}

func (r *rowReader) text(col string) string {
	for i, h := range r.head {
		if h == col {
			return r.row[i]
		}
	}
	r.err = fmt.Errorf("no column %s", col)
	return ""
}

func (r *rowReader) number(col string) float64 {
	v, err := strconv.ParseFloat(r.text(col), 64)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("column %s: %w", col, err)
	}
	return v
}

func (r *rowReader) date(col string) geo.Day {
	v, err := time.Parse(time.DateOnly, r.text(col))
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("column %s: %w", col, err)
	}
	return geo.CivilDay(v)
}

func readAreas() ([]areaRow, error) {
	var out []areaRow
	err := table("areas.csv", areasCSV, func(r *rowReader) {
		out = append(out, areaRow{
			code: r.text("code"), name: r.text("name"), basis: r.text("basis"), street: r.text("street_code"),
			lon: r.number("lon"), lat: r.number("lat"),
			board: r.text("board"), status: r.text("status"), leader: r.text("leader"),
			total: int(r.number("hh_total")), signed: int(r.number("hh_signed")),
			vacated: int(r.number("hh_vacated")), razed: int(r.number("hh_demolished")),
			mu: r.number("mu_total"), cleared: r.number("mu_cleared"),
		})
	})
	return out, err
}

func readSales() ([]saleRow, error) {
	var out []saleRow
	err := table("sold_parcels.csv", soldCSV, func(r *rowReader) {
		out = append(out, saleRow{
			notice: r.text("parcel_no"), area: r.text("area"), use: r.text("land_use"), mu: r.number("mu"),
			start: r.number("start_wan"), deposit: r.number("deposit_wan"), deal: r.number("deal_wan"), soldOn: r.date("sold_on"),
		})
	})
	return out, err
}
