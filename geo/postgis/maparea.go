package postgis

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// Official areas are numeric(16, 4). The map asks for them as they are and works out
// the floating-point number and the mu itself: for the database that is as much work
// as everything else that it does for a parcel.

// areaUnits is how many units of an area are a square metre.
const areaUnits = 10_000

// areaOf is a numeric of at most four decimals in units, as it came over the wire:
// in binary, groups of four decimal digits with the weight of the first, or as text.
// False for what is none, or too large to be an area.
func areaOf(v []byte, binaryForm bool) (units int64, ok bool) {
	if !binaryForm {
		return areaOfText(string(v))
	}
	if len(v) < 8 {
		return 0, false
	}
	groups, weight := int(binary.BigEndian.Uint16(v)), int(int16(binary.BigEndian.Uint16(v[2:])))
	sign := binary.BigEndian.Uint16(v[4:])
	if len(v) != 8+2*groups || sign != 0 && sign != 0x4000 || groups > 0 && (weight > 2 || weight-groups+1 < -1) {
		return 0, false
	}
	for i := range groups {
		units = units*areaUnits + int64(binary.BigEndian.Uint16(v[8+2*i:]))
	}
	for ; groups > 0 && weight-groups+1 > -1; weight-- {
		units *= areaUnits
	}
	if sign != 0 {
		units = -units
	}
	return units, true
}

func areaOfText(s string) (int64, bool) {
	whole, decimals, _ := strings.Cut(s, ".")
	if whole == "" || len(decimals) > 4 || len(whole) > 13 {
		return 0, false
	}
	units, err := strconv.ParseInt(whole+decimals+"0000"[len(decimals):], 10, 64)
	return units, err == nil
}

// m2Of is the floating-point number next to an area in units.
func m2Of(units int64) float64 {
	if -1<<53 < units && units < 1<<53 {
		return float64(units) / areaUnits // of two exact numbers
	}
	m2, _ := strconv.ParseFloat(strconv.FormatInt(units, 10)+"e-4", 64)
	return m2
}

// muOf is pub.mu of an area in units: fifteenths of a hectare to two decimals, halves
// away from zero.
func muOf(units int64) float64 {
	const hundredth = areaUnits * 10_000 / 100 // of what fifteen times an area is in mu
	half := int64(hundredth / 2)
	if units < 0 {
		half = -half
	}
	return float64((15*units+half)/hundredth) / 100
}
