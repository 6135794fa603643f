package tiles

import "testing"

// The parts of the memory are all that is counted, and none is missing.
func TestMemoryIsToldApart(t *testing.T) {
	e := mosaicEngine(t, Options{}, MosaicCity(), WithAreas(1, City(1, 5000, Yueyang(), 0.0007)))
	var sum int64
	seen := map[string]int64{}
	for _, p := range e.Memory() {
		if _, twice := seen[p.Name]; twice {
			t.Errorf("%s comes twice", p.Name)
		}
		seen[p.Name] = p.Bytes
		sum += p.Bytes
	}
	if got := e.Stats().LayerBytes; sum != got {
		t.Errorf("the parts have %d bytes, together they have %d", sum, got)
	}
	for _, name := range []string{
		"boxes", "ids", "areas", "attributes", "values", "values by hash", "shares in cells",
		"rings", "levels", "commands of z12", "commands of z15", "mosaic", "mosaic's fine cells",
	} {
		if seen[name] < 5000/2 {
			t.Errorf("%s has %d bytes for 5000 parcels", name, seen[name])
		}
	}
	if perParcel := sum / 5000; perParcel > 500 {
		t.Errorf("%d bytes a parcel", perParcel)
	}
}
