package exchange

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tengdi/geo"
)

// FileError says why a file as a whole cannot be read.
type FileError struct {
	Code   string // a stable machine word, such as json-broken
	Zh, En string
	Err    error // the cause, for the log only
}

func (e *FileError) Error() string {
	if e.Err != nil {
		return e.En + ": " + e.Err.Error()
	}
	return e.En
}

func (e *FileError) Unwrap() error { return e.Err }

// As lets errors.As find a *geo.Error, so that callers above need not know
// this package's errors: a passed limit is geo.TooLarge, all else geo.Invalid.
func (e *FileError) As(target any) bool {
	t, ok := target.(**geo.Error)
	if !ok {
		return false
	}
	kind := geo.Invalid
	if strings.HasPrefix(e.Code, "too-") {
		kind = geo.TooLarge
	}
	*t = &geo.Error{
		Kind: kind, Zh: e.Zh, En: e.En, Err: e.Err,
		Fields: []geo.FieldError{{Field: "file", Code: e.Code, Zh: e.Zh, En: e.En}},
	}
	return true
}

// fileErrorf makes a FileError whose two texts take the same arguments.
func fileErrorf(code, en, zh string, args ...any) *FileError {
	return &FileError{Code: code, En: format(en, args), Zh: format(zh, args)}
}

// because keeps the cause for the log.
func (e *FileError) because(err error) *FileError {
	e.Err = err
	return e
}

// problemf makes a Problem whose two texts take the same arguments.
func problemf(code, field, en, zh string, args ...any) *Problem {
	return &Problem{Code: code, Field: field, En: format(en, args), Zh: format(zh, args)}
}

func format(s string, args []any) string {
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// quote shortens text of a file so that it can stand in a message.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		s = s[:most]
		for len(s) > 0 && !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
		s += "…"
	}
	return strings.ToValidUTF8(s, "?")
}

// Problems that more than one format has.

func notAPolygon(kind string) *Problem {
	return problemf("not-a-polygon", "geometry",
		"this is a %s; land is a Polygon or MultiPolygon",
		"这是 %s，土地只能是面（Polygon 或 MultiPolygon）", quote(kind))
}

func emptyGeometry() *Problem {
	return problemf("empty-geometry", "geometry", "the geometry is empty", "几何为空")
}

func ringTooShort(ring, points int) *Problem {
	return problemf("ring-too-short", "geometry",
		"ring %d has %d positions; a closed ring needs at least 4",
		"第 %d 环只有 %d 个点，闭合环至少要 4 个点", ring, points)
}

func ringNotClosed(ring int) *Problem {
	return problemf("ring-not-closed", "geometry",
		"ring %d does not end where it begins", "第 %d 环首尾点不相同，没有闭合", ring)
}

func notFinite(what string) *Problem {
	return problemf("not-finite", "geometry",
		"the coordinate %s is not a finite number", "坐标 %s 不是有限数值", quote(what))
}

func tooManyVertices(most int) *Problem {
	return problemf("too-many-vertices", "geometry",
		"the shape has more than %d vertices", "图形超过 %d 个顶点", most)
}

func tooManyRings(most int) *Problem {
	return problemf("too-many-rings", "geometry",
		"the shape has more than %d rings", "图形超过 %d 个环", most)
}

func textTooLong(field string, most int) *Problem {
	return problemf("text-too-long", field,
		"the text is longer than %d bytes", "文本超过 %d 字节", most)
}

func windingMended() Problem {
	return *problemf("winding-mended", "geometry",
		"rings that ran the wrong way round were turned",
		"环的走向不符合规范，已改正")
}

func tooManyRows(most int) *FileError {
	return fileErrorf("too-many-rows",
		"the file has more than %d rows", "文件超过 %d 行记录", most)
}

func tooManyColumns(most int) *FileError {
	return fileErrorf("too-many-columns",
		"the file has more than %d columns", "文件超过 %d 个字段", most)
}

func tooManyBytes(most int64) *FileError {
	return fileErrorf("too-many-bytes",
		"the file is larger than %d MiB", "文件超过 %d MiB", most>>20)
}
