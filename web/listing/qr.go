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

// CodeOf makes the QR code of an address, with medium error correction: it can be
// read from a print that is a little soiled. An address that is too long for one is
// an error.
func CodeOf(address string) (Code, error) {
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

// quietZone is the white margin that readers of QR codes need, in modules.
const quietZone = 4

// SVG is the code as a picture that stands alone, black on white with its margin. It
// has no text: nothing of the address can be in it but the squares.
func (c Code) SVG() []byte {
	side := strconv.Itoa(c.Side + 2*quietZone)
	at := strconv.Itoa(quietZone)
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + side + ` ` + side + `" shape-rendering="crispEdges">` +
		`<path fill="#fff" d="M0 0h` + side + `v` + side + `H0z"/><path transform="translate(` + at + ` ` + at + `)" d="` + c.Path + `"/></svg>` + "\n")
}
