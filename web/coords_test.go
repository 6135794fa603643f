package web

import (
	"encoding/json"
	goflag "flag"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	datum "tengdi/geo/exchange"
)

var update = goflag.Bool("update", false, "write the table of coordinates anew")

// coordsFile is the table that the browser's own conversions are tested against.
const coordsFile = "app/test/coords.json"

type coordsTable struct {
	Points []coordsPoint `json:"points"`
	Shapes []coordsShape `json:"shapes"`
}

// coordsPoint is a place in WGS 84, in its 3-degree and its 6-degree zone of
// CGCS2000 (northing, easting with the zone before it), in GCJ-02 and in BD-09.
type coordsPoint struct {
	At    [2]float64 `json:"at"`
	Zone3 [2]float64 `json:"zone3"`
	Zone6 [2]float64 `json:"zone6"`
	GCJ   [2]float64 `json:"gcj"`
	BD    [2]float64 `json:"bd"`
}

// coordsShape is a ring without its end, with its length and area on the
// ellipsoid.
type coordsShape struct {
	Ring   [][2]float64 `json:"ring"`
	Metres float64      `json:"metres"`
	M2     float64      `json:"m2"`
}

// The table holds what PostGIS and the importer say; -update writes it.
func TestTableOfCoordinates(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), emptyDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	want := coordsTable{}
	for _, lng := range []float64{113.1, 112.6, 115.49, 114, 111.001, 73.6, 134.9} {
		for _, lat := range []float64{29.37, 29.45871234, 3.5, 53.2} {
			p := coordsPoint{At: [2]float64{lng, lat}}
			three, six := int(math.Round(lng/3)), int(math.Floor(lng/6))+1
			for _, z := range []struct {
				number, meridian int
				to               *[2]float64
			}{{three, 3 * three, &p.Zone3}, {six, 6*six - 3, &p.Zone6}} {
				proj := fmt.Sprintf("+proj=tmerc +lat_0=0 +lon_0=%d +k=1 +x_0=%d500000 +y_0=0 +ellps=GRS80 +units=m +no_defs", z.meridian, z.number)
				err := conn.QueryRow(t.Context(), `
					select st_y(g), st_x(g)
					from st_transform(st_makepoint($1, $2), '+proj=longlat +ellps=GRS80 +no_defs', $3) g`, lng, lat, proj).Scan(&z.to[0], &z.to[1])
				if err != nil {
					t.Fatal(err)
				}
			}
			gcj := datum.ToGCJ02(orb.Point{lng, lat})
			p.GCJ, p.BD = gcj, datum.ToBD09(gcj)
			want.Points = append(want.Points, p)
		}
	}
	for _, ring := range [][][2]float64{
		{{113.1, 29.37}, {113.101, 29.37}, {113.101, 29.371}, {113.1, 29.371}},
		{{113.1, 29.37}, {113.1002, 29.3701}, {113.0999, 29.3704}},
		{{113.09, 29.36}, {113.15, 29.361}, {113.16, 29.42}, {113.12, 29.38}, {113.08, 29.41}},
		{{112.9, 29.2}, {113.4, 29.2}, {113.4, 29.5}, {112.9, 29.5}},
		{{113, 45}, {114, 45}, {114, 46}, {113, 46}},
	} {
		text := ""
		for _, p := range append(ring, ring[0]) {
			text += fmt.Sprintf("%v %v,", p[0], p[1])
		}
		s := coordsShape{Ring: ring}
		err := conn.QueryRow(t.Context(), `select st_perimeter(g), st_area(g) from st_geogfromtext('POLYGON((' || rtrim($1, ',') || '))') g`, text).Scan(&s.Metres, &s.M2)
		if err != nil {
			t.Fatal(err)
		}
		want.Shapes = append(want.Shapes, s)
	}
	if *update {
		body, err := json.MarshalIndent(want, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(coordsFile, append(body, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	body, err := os.ReadFile(coordsFile)
	if err != nil {
		t.Fatal(err)
	}
	var got coordsTable
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Points) != len(want.Points) || len(got.Shapes) != len(want.Shapes) {
		t.Fatalf("the table has %d points and %d shapes, want %d and %d", len(got.Points), len(got.Shapes), len(want.Points), len(want.Shapes))
	}
	near := func(a, b [2]float64, by float64) bool { return math.Abs(a[0]-b[0]) < by && math.Abs(a[1]-b[1]) < by }
	for i, w := range want.Points {
		g := got.Points[i]
		if g.At != w.At || !near(g.Zone3, w.Zone3, 1e-4) || !near(g.Zone6, w.Zone6, 1e-4) || !near(g.GCJ, w.GCJ, 1e-9) || !near(g.BD, w.BD, 1e-9) {
			t.Errorf("the table has %+v, want %+v", g, w)
		}
	}
	for i, w := range want.Shapes {
		if g := got.Shapes[i]; math.Abs(g.Metres-w.Metres) > 1e-3 || math.Abs(g.M2-w.M2) > 1e-7*w.M2+1e-2 {
			t.Errorf("the table has %+v, want %+v", g, w)
		}
	}
}
