package sample_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"
)

// record is a row of a csv file by column name.
type record struct {
	t    *testing.T
	cols map[string]string
}

func readCSV(t *testing.T, file string) []record {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []record
	for _, row := range rows[1:] {
		r := record{t, map[string]string{}}
		for i, name := range rows[0] {
			r.cols[name] = row[i]
		}
		out = append(out, r)
	}
	return out
}

func (r record) text(col string) string {
	r.t.Helper()
	v, ok := r.cols[col]
	if !ok {
		r.t.Fatalf("no column %s", col)
	}
	return v
}

func (r record) number(col string) float64 {
	r.t.Helper()
	v, err := strconv.ParseFloat(r.text(col), 64)
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

func (r record) count(col string) int { return int(r.number(col)) }

// plain writes a number as records keep it.
func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
