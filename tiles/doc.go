// Package tiles builds Mapbox vector tiles (MVT 2.1) from layers held in
// memory. It does no I/O: a caller loads features, applies changes in the order
// of the store's revision, and asks for tiles.
//
// Coordinates. Features arrive in WGS 84 degrees and are projected once, at
// load, to Web Mercator quantised to 2^31 units across the world (1.9 cm at the
// equator), x to the east and y to the south. A tile has 4096 units a side and a
// buffer of 64, so the grid of zoom z is the quantised grid shifted right by
// 19-z bits and a request needs no floating point. Above zoom 19 the shift goes
// the other way: the tile's grid is then finer than the data.
//
// What is drawn. One rule says which polygons a zoom has: those of at least one
// square unit of its grid (holes taken off). Such a polygon appears in every tile
// whose buffered square it overlaps; where snapping to the grid leaves nothing of
// it, the unit cells along its outline stand for it. Holes of less than a square
// unit, before and after snapping, are filled. Points appear in every tile whose buffered square holds them.
//
// Simplification. Borders are simplified by half a unit of the zoom's grid, once for
// the features on both sides (chain.go); what remains is moved to the nearest point
// of the grid and repeats are dropped. The fate of a vertex never depends on the
// parcel it is seen from, so shared borders stay shared. A polygon whose
// snapped rings touch or cross is rebuilt from its even-odd interior, so that
// every polygon of a tile is valid in the sense of OGC 06-103r4, 6.1.11. The work
// on one shape is bounded: one with tens of thousands of crossings in a tile is
// rebuilt on a coarser grid, and counted.
//
// Concurrency. An Engine is safe for concurrent use. Readers work on an immutable
// snapshot and never wait for a writer.
package tiles
