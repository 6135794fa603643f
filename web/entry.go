package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// entry is what pages that the server writes load of the built front end, as
// addresses. Without a build it is empty: the pages are plain and work.
type entry struct {
	styles, scripts []string
	icon            string
	mark            string // changes with the names
}

// listingEntry finds the styles and the script of the pages for investors.
func listingEntry(made manifest) entry {
	var e entry
	e.scripts, e.styles = made.needs("src/listings/listings.css", "src/listings/listings.ts")
	if icon, ok := made["src/favicon.svg"]; ok {
		e.icon = "/" + icon.File
	}
	sum := sha256.Sum256(fmt.Append(nil, e.styles, e.scripts))
	e.mark = hex.EncodeToString(sum[:8])
	return e
}
