package exchange

import (
	"context"
	"strings"
	"testing"
)

// Files that are nothing but one small fault after another must not cost more
// than their share: 20 bytes allocated for each byte read, and 1 MB.
func TestAllocationBudgetOfFaults(t *testing.T) {
	const size = 400_000
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	inRing := func(unit string) string {
		return collection(feature("{}", "Polygon", "[["+fill(unit)+"[0,0]]]"))
	}
	for name, text := range map[string]string{
		"empty features":       `{"type":"FeatureCollection","features":[` + fill("{},") + `{}]}`,
		"numbers":              `{"type":"FeatureCollection","features":[` + fill("7,") + `{}]}`,
		"typeless geometries":  `{"type":"FeatureCollection","features":[` + fill(`{"type":"Feature","geometry":{}},`) + `{}]}`,
		"broken lines":         feature("{}", "Polygon", unitSquare) + "\n" + fill("x\n"),
		"object lines":         feature("{}", "Polygon", unitSquare) + "\n" + fill("{}\n"),
		"short positions":      inRing("[1],"),
		"texts for numbers":    inRing(`[1,""],`),
		"empty arrays":         inRing("[],"),
		"infinite numbers":     inRing("[1e999,1],"),
		"positions":            inRing("[1,2],"),
		"tiny rings":           collection(feature("{}", "Polygon", "["+fill("[[1,2]],")+"[[1,2]]]")),
		"members twice":        `{"type":"FeatureCollection","features":[{` + fill(`"type":"Feature",`) + `"type":1}]}`,
		"properties twice":     collection(feature("{"+fill(`"a":1,`)+`"a":1}`, "Polygon", unitSquare)),
		"one column, null row": collection(fill(`{"type":"Feature","properties":{"a":1},"geometry":null},`) + "{}"),
		"a nested property":    collection(feature(`{"a":[`+fill("1,")+"1]}", "Polygon", unitSquare)),
		"escapes":              collection(feature(`{"a":"`+fill(`\u4e2d`)+`"}`, "Polygon", unitSquare)),
		"wide rows":            collection(fill(feature(`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}`, "Polygon", unitSquare)+",") + "{}"),
	} {
		t.Run(name, func(t *testing.T) {
			src := memory("a.geojson", []byte(text))
			budget(t, len(text), func() {
				r, err := openGeoJSON(context.Background(), src, Options{Limits: DefaultLimits()})
				if err != nil {
					checkFileError(t, err)
					return
				}
				for _, err := range r.Rows() {
					if err != nil {
						checkFileError(t, err)
					}
				}
			})
		})
	}
}
