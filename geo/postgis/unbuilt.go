package postgis

import "tengdi/geo"

// unbuilt stands where a method's body is on its way; the file goes when the
// last of them is there.
func unbuilt() error { return geo.Errorf(geo.Unavailable, "not built yet", "尚未实现") }
