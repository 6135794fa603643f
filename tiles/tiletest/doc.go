// Package tiletest holds vector tiles against PostGIS for tests: a strict reader
// of tiles (MVT 2.1), and a comparison of a tile with the one that ST_AsMVT makes
// of the same rows.
//
// A tile is right when it has the features of ST_AsMVT's tile, each with the same
// attributes; when every vertex of either lies within one unit of the grid, on each
// axis, of the other's border, and the areas differ by no more than half a unit
// along that border; when exterior rings turn clockwise on the screen and
// holes the other way (positive and negative area by the surveyor's formula); and
// when ST_IsValid refuses no polygon. The exceptions, each checked by itself:
//
//   - A polygon of less than one square unit of the zoom's grid is not drawn, by the
//     engine's rule.
//   - A polygon that ST_AsMVT loses, because what is left of it collapses, is kept:
//     what is drawn must then lie along the polygon's own border.
//   - ST_AsMVT simplifies every polygon by itself by half a unit before it snaps,
//     so needles and specks go which the engine keeps: a vertex that is not near
//     ST_AsMVT's border must be near the polygon's own, unrounded one. Such
//     features are counted (Tally.Loose).
//   - Tiles that simplify borders have that much more room (Reference.Simplified);
//     where a part a unit wide goes with it, its corners are up to three units from
//     what remains. Such features count as loose too.
//   - Where a border grazes the edge of the buffered square, half a unit of rounding
//     moves their meeting point by any amount: vertices at that edge may also lie in
//     the polygon, and a point at it may be in one tile and not in the other.
package tiletest
