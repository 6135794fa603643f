package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/paulmach/orb"

	"tengdi/geo"
)

// districtCmd shows the settings of an instance, and changes those that are
// named.
type districtCmd struct {
	databaseFlags
	Code            string `help:"Administrative code, 430602."`
	Name            string `help:"Name of the district."`
	NameEn          string `help:"Name in English."`
	Frame           string `help:"Box that all land must lie in: west,south,east,north in degrees; 'none' takes land anywhere."`
	Zone            string `help:"Time zone, Asia/Shanghai."`
	Measure         string `help:"EPSG code of the measuring CRS (4526 at Yueyang); 'none' measures on the ellipsoid only."`
	ApprovalNo      string `help:"Map approval number (审图号) shown on the map."`
	BaseMap         string `help:"External base map: an XYZ template with {z}/{x}/{y}, a style URL, or 'none' for our own."`
	BaseMapKind     string `help:"What --base-map is: raster or style." enum:"raster,style," default:""`
	BaseAttribution string `help:"Attribution of the external base map."`
}

func (c *districtCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	d, err := db.store.District(ctx)
	if err != nil {
		return err
	}
	changed, err := c.apply(&d)
	if err != nil {
		return err
	}
	if changed {
		actor := geo.Actor{Login: "operator", Role: geo.RoleSystem, Source: geo.FromCLI}
		if err := db.store.SetDistrict(ctx, actor, d); err != nil {
			return err
		}
		fmt.Println("已保存 / saved")
	}
	return printDistrict(os.Stdout, d)
}

// printDistrict writes the settings by the names of their flags.
func printDistrict(w io.Writer, d geo.District) error {
	frame, measure, base := "none", "none", "none"
	if b := d.Frame; b != nil {
		frame = fmt.Sprintf("%g,%g,%g,%g", b.Min[0], b.Min[1], b.Max[0], b.Max[1])
	}
	if d.MeasureSRID != 0 {
		measure = fmt.Sprintf("EPSG:%d", d.MeasureSRID)
	}
	if d.BaseMap.URL != "" {
		base = d.BaseMap.URL + " (" + d.BaseMap.Kind + ")"
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, row := range [][2]string{
		{"code", d.Code},
		{"name", d.Name},
		{"name-en", d.NameEn},
		{"frame", frame},
		{"zone", d.Zone},
		{"measure", measure},
		{"approval-no", d.ApprovalNo},
		{"base-map", base},
		{"base-attribution", d.BaseMap.Attribution},
		{"demo", fmt.Sprint(d.Demo)},
	} {
		fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
	}
	return table.Flush()
}

// apply writes the flags that were given into d and tells whether there were
// any.
func (c *districtCmd) apply(d *geo.District) (changed bool, err error) {
	text := func(flag string, into *string) {
		if flag != "" && flag != *into {
			*into, changed = flag, true
		}
	}
	text(c.Code, &d.Code)
	text(c.Name, &d.Name)
	text(c.NameEn, &d.NameEn)
	text(c.ApprovalNo, &d.ApprovalNo)
	text(c.BaseAttribution, &d.BaseMap.Attribution)
	if c.Zone != "" {
		if _, err := time.LoadLocation(c.Zone); err != nil {
			return false, geo.Errorf(geo.Invalid, "--zone %q is no known time zone", "--zone %q 不是已知时区", c.Zone)
		}
		text(c.Zone, &d.Zone)
	}
	if c.Frame != "" {
		changed = true
		if d.Frame, err = parseFrame(c.Frame); err != nil {
			return false, err
		}
	}
	if c.Measure != "" {
		changed = true
		if d.MeasureSRID, err = parseMeasure(c.Measure); err != nil {
			return false, err
		}
	}
	if c.BaseMap != "" {
		changed = true
		if d.BaseMap, err = c.baseMap(); err != nil {
			return false, err
		}
	}
	return changed, nil
}

func (c *districtCmd) baseMap() (geo.BaseMap, error) {
	if c.BaseMap == "none" {
		return geo.BaseMap{}, nil
	}
	kind := c.BaseMapKind
	if kind == "" {
		kind = "style"
		if strings.Contains(c.BaseMap, "{z}") {
			kind = "raster"
		}
	}
	if !strings.HasPrefix(c.BaseMap, "https://") && !strings.HasPrefix(c.BaseMap, "http://") {
		return geo.BaseMap{}, geo.Errorf(geo.Invalid, "--base-map %q is no http(s) address", "--base-map %q 不是 http(s) 地址", c.BaseMap)
	}
	return geo.BaseMap{Kind: kind, URL: c.BaseMap, Attribution: c.BaseAttribution}, nil
}

func parseFrame(s string) (*orb.Bound, error) {
	if s == "none" {
		return nil, nil
	}
	bad := geo.Errorf(geo.Invalid, "--frame %q: write west,south,east,north in degrees, like 113.066,29.239,113.345,29.458, or none",
		"--frame %q：请按 西,南,东,北 写经纬度，如 113.066,29.239,113.345,29.458，或 none", s)
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return nil, bad
	}
	var v [4]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil {
			return nil, bad
		}
		v[i] = f
	}
	if !(v[0] < v[2] && v[1] < v[3] && v[0] >= -180 && v[2] <= 180 && v[1] >= -90 && v[3] <= 90) {
		return nil, bad
	}
	return &orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}, nil
}

func parseMeasure(s string) (int, error) {
	if s == "none" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(s), "EPSG:"))
	if err != nil || n <= 0 {
		return 0, geo.Errorf(geo.Invalid, "--measure %q is no EPSG code", "--measure %q 不是 EPSG 代码", s)
	}
	if n == geo.Mercator {
		return 0, geo.Errorf(geo.Invalid, "never measure in EPSG:%d: areas come out a third too large at Yueyang",
			"不能用 EPSG:%d 量算面积：在岳阳会偏大约三分之一", geo.Mercator)
	}
	return n, nil
}
