package exchange

import (
	"fmt"
	"strings"
	"testing"
)

// esriWKT writes a projected CRS as ESRI does, without authorities.
func esriWKT(name, geog string, lon0, x0, y0, k float64) string {
	return fmt.Sprintf(`PROJCS["%s",%s,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",%.1f],PARAMETER["False_Northing",%.1f],`+
		`PARAMETER["Central_Meridian",%.1f],PARAMETER["Scale_Factor",%g],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
		name, geog, x0, y0, lon0, k)
}

func esriGeog(name, datum, spheroid string, a, f float64) string {
	return fmt.Sprintf(`GEOGCS["%s",DATUM["%s",SPHEROID["%s",%g,%.9f]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
		name, datum, spheroid, a, f)
}

func TestRecogniseChineseZones(t *testing.T) {
	for _, d := range []struct {
		name, geog                string
		three, threeCM, six, sixC int
	}{
		{"CGCS2000", esriGeog("GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", "CGCS2000", 6378137, 298.257222101), 4513, 4534, 4491, 4502},
		{"Xian_1980", esriGeog("GCS_Xian_1980", "D_Xian_1980", "Xian_1980", 6378140, 298.257), 2349, 2370, 2327, 2338},
		{"Beijing_1954", esriGeog("GCS_Beijing_1954", "D_Beijing_1954", "Krasovsky_1940", 6378245, 298.3), 2401, 2422, 21413, 21453},
	} {
		check := func(name string, lon0, x0 float64, want int) {
			t.Helper()
			if c := RecogniseCRS(esriWKT(name, d.geog, lon0, x0, 0, 1), ".prj"); c.EPSG != want || c.Name != name {
				t.Errorf("%s: %+v, want %d", name, c, want)
			}
		}
		for zone := 25; zone <= 45; zone++ {
			m := float64(3 * zone)
			check(fmt.Sprintf("%s_3_Degree_GK_Zone_%d", d.name, zone), m, float64(zone)*1e6+500000, d.three+zone-25)
			check(fmt.Sprintf("%s_3_Degree_GK_CM_%gE", d.name, m), m, 500000, d.threeCM+zone-25)
		}
		for zone := 13; zone <= 23; zone++ {
			m := float64(6*zone - 3)
			check(fmt.Sprintf("%s_GK_Zone_%d", d.name, zone), m, float64(zone)*1e6+500000, d.six+zone-13)
			check(fmt.Sprintf("%s_GK_CM_%gE", d.name, m), m, 500000, d.sixC+zone-13)
		}
		// A local meridian, a wrong zone in front, a scale: no code fits.
		check("local", 113.5, 500000, 0)
		check("wrong zone", 114, 39500000, 0)
		if c := RecogniseCRS(esriWKT("scaled", d.geog, 114, 500000, 0, 0.9996), ".prj"); c.EPSG != 0 || c.WKT == "" {
			t.Errorf("scaled: %+v", c)
		}
	}
}

func TestRecogniseCRS(t *testing.T) {
	wgs := esriGeog("GCS_WGS_1984", "D_WGS_1984", "WGS_1984", 6378137, 298.257223563)
	etrs := esriGeog("GCS_ETRS_1989", "D_ETRS_1989", "GRS_1980", 6378137, 298.257222101)
	sirgas := esriGeog("SIRGAS 2000", "Sistema_de_Referencia_Geocentrico_para_las_AmericaS_2000", "GRS 1980", 6378137, 298.257222101)
	for _, c := range []struct {
		wkt  string
		epsg int
	}{
		{wgs, 4326},
		{etrs, 4258},
		{sirgas, 4674},
		{esriGeog("GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", "CGCS2000", 6378137, 298.257222101), 4490},
		{esriWKT("ETRS_1989_UTM_Zone_32N", etrs, 9, 500000, 0, 0.9996), 25832},
		{esriWKT("ETRS_1989_UTM_Zone_N32", etrs, 9, 32500000, 0, 0.9996), 4647},
		{esriWKT("ETRS_1989_UTM_Zone_N31", etrs, 3, 31500000, 0, 0.9996), 5649},
		{esriWKT("WGS_1984_UTM_Zone_49N", wgs, 111, 500000, 0, 0.9996), 32649},
		{esriWKT("WGS_1984_UTM_Zone_49S", wgs, 111, 500000, 10000000, 0.9996), 32749},
		{esriWKT("SIRGAS_2000_UTM_Zone_23S", sirgas, -45, 500000, 10000000, 0.9996), 31983},
		{`PROJCS["x",` + wgs + `,PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["Central_Meridian",0],UNIT["Meter",1]]`, 3857},
		{`PROJCS["x",` + wgs + `,PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],UNIT["metre",1]]`, 0},
		{`COMPD_CS["both",` + esriWKT("WGS_1984_UTM_Zone_49N", wgs, 111, 500000, 0, 0.9996) + `,VERT_CS["x",UNIT["metre",1]]]`, 32649},
		{`  GEOGCS["anything",AUTHORITY["EPSG","4490"]]` + "\n\x00", 4490},
		{`GEOGCRS["new",ID["EPSG",4490]]`, 4490},
		{`GEOGCS["anything",DATUM["D_x",AUTHORITY["EPSG","6326"]],AUTHORITY["ESRI","104000"]]`, 0},
		{strings.Replace(wgs, "0.0174532925199433", "0.0157079632679489", 1), 0}, // grads
		{strings.Replace(wgs, `"Greenwich",0.0`, `"Paris",2.33722917`, 1), 0},    // another prime meridian
		{strings.Replace(wgs, "298.257223563", "298.3", 1), 0},                   // another ellipsoid
		{strings.Replace(esriWKT("UTM", wgs, 111, 500000, 0, 0.9996), `"Meter",1.0`, `"Foot",0.3048`, 1), 0},
		{`PROJCS["no base"]`, 0},
		{"not a CRS", 0},
		{"GEOGCS[\"open", 0},
		{strings.Repeat("A[", 5000), 0},
		{"A[" + strings.Repeat("1,", 5000) + "1]", 0},
	} {
		if got := RecogniseCRS(c.wkt, ".prj"); got.EPSG != c.epsg || got.From != ".prj" || got.WKT == "" {
			t.Errorf("%.80s: %+v, want %d", c.wkt, got, c.epsg)
		}
	}
	if got := RecogniseCRS(" \n", ".prj"); got != (CRS{}) {
		t.Errorf("an empty text gave %+v", got)
	}
}
