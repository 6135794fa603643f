// Package web is Tengdi's HTTP floor: the API, the vector tiles, the live
// stream, sessions and the built front end.
//
// Every URL is a row of the table in routes.go. A row says who may call it and
// which query parameters it knows; everything else is refused before a handler
// runs. Handlers return errors, and one adapter (respond.go) turns them into
// RFC 9457 problem documents in Chinese or English.
//
// The caller's session chooses the audience. Signed-in staff get staff rows on
// the same API URLs, with "Vary: Cookie" and "private, no-store"; the tilesets of
// the two audiences have URLs of their own.
package web
