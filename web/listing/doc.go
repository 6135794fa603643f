// Package listing makes the pages for investors: land on offer and sold, one
// page a parcel, the sheet to print, the comparison, feeds, calendar and pictures.
// It takes what is published as plain values and writes bytes; it reads no
// database and knows no request. All lengths of shapes are metres in a plane, all
// money is geo.Money, all land geo.SquareMetres.
package listing
