package main

import (
	"fmt"
	"math"
	"strings"

	"tengdi/geo"
)

// styles writes the catalogue's colours as custom properties, with a class for
// each, for the pages that the server writes: they may have no style of their own.
func styles() string {
	var b strings.Builder
	b.WriteString("/* Made by `go run ./cmd/generate` from package geo. Do not edit. */\n:root {\n")
	for _, c := range geo.Colours() {
		b.WriteString("  --" + c.Token + ": " + strings.ToLower(c.Light) + ";\n  --" + c.Token + "-ink: " + inkOn(c.Light) + ";\n")
	}
	b.WriteString("}\n\n@media screen and (prefers-color-scheme: dark) {\n  :root:not([data-theme]) {\n")
	for _, c := range geo.Colours() {
		b.WriteString("    --" + c.Token + ": " + strings.ToLower(c.Dark) + ";\n    --" + c.Token + "-ink: " + inkOn(c.Dark) + ";\n")
	}
	b.WriteString("  }\n}\n")
	seen := map[string]bool{}
	rule := func(class, token string) {
		if !seen[class] {
			seen[class] = true
			b.WriteString("\n." + class + " {\n  --fill: var(--" + token + ");\n  --on-fill: var(--" + token + "-ink);\n}\n")
		}
	}
	for _, s := range geo.Statuses(geo.ParcelMachine) {
		if s.Public {
			rule("s-"+s.Token, s.Token)
		}
	}
	for _, u := range geo.UseClasses() {
		rule("u-"+u.Code, u.Token)
	}
	return b.String()
}

// inkOn is the ink that reads better on a colour: near black or white.
func inkOn(colour string) string {
	var rgb [3]int
	if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		return "#111111"
	}
	light := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(rgb[i]) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		light += weight * v
	}
	const black = 0.0056 // #111111
	if (light+0.05)/(black+0.05) >= 1.05/(light+0.05) {
		return "#111111"
	}
	return "#ffffff"
}
