// Package geo is Tengdi's ground floor: the nouns of land clearing and land
// transfer, their units, their states and the rules by which a state may
// change. It does no I/O and imports nothing of ours; every other floor speaks
// in its words.
//
// Geometry is orb's: longitude and latitude in degrees, CGCS2000 (EPSG:4490),
// which agrees with WGS 84 (EPSG:4326) to centimetres; rings closed, exterior
// anticlockwise as RFC 7946 has it, unless a comment says otherwise.
package geo
