package listing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// Code is a QR code as an SVG path of unit squares.
type Code struct {
	Side int
	Path string
}

// codeOf makes the QR code of an address, with medium error correction: it can be
// read from a print that is a little soiled.
func codeOf(address string) (Code, error) {
	img, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return Code{}, fmt.Errorf("listing: qr code: %w", err)
	}
	b := img.Bounds()
	var path strings.Builder
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			from := x
			for x < b.Max.X {
				if r, _, _, _ := img.At(x, y).RGBA(); r != 0 {
					break
				}
				x++
			}
			if x > from {
				n := strconv.Itoa(x - from)
				path.WriteString("M" + strconv.Itoa(from) + " " + strconv.Itoa(y) + "h" + n + "v1h-" + n + "z")
			}
		}
	}
	return Code{Side: b.Dx(), Path: path.String()}, nil
}
