package exchange

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"
)

// dbfTable is the header of a dBASE III table as Shapefiles have it (ESRI
// Shapefile Technical Description, 1998; dBASE file structure, level 3 to 5).
type dbfTable struct {
	src      source
	records  int
	header   int // bytes before the first record
	width    int // bytes of a record, with its deletion mark
	language byte
	fields   []dbfField
	deleted  int
	evidence evidence
}

type dbfField struct {
	raw   []byte // name as written, without padding
	name  string
	kind  byte // C N F D L M, I, O …
	start int  // in the record
	size  int
}

const dbfDeleted = '*'

// readDBFHeader reads the header and checks every number in it against the
// size of the file.
func readDBFHeader(src source, l Limits) (*dbfTable, error) {
	r, err := src.open()
	if err != nil {
		return nil, unreadable(src.name, err)
	}
	defer r.Close()
	br := bufio.NewReaderSize(r, 4096)
	var h [32]byte
	if _, err := io.ReadFull(br, h[:]); err != nil {
		return nil, dbfBroken(src.name, "its header is cut short", "文件头不完整")
	}
	t := &dbfTable{
		src: src, language: h[29],
		header: int(binary.LittleEndian.Uint16(h[8:])),
		width:  int(binary.LittleEndian.Uint16(h[10:])),
	}
	records := int64(binary.LittleEndian.Uint32(h[4:]))
	const levelSeven = 4
	switch {
	case h[0]&7 == levelSeven:
		return nil, dbfBroken(src.name, "it is dBASE 7, which Shapefiles do not use", "是 dBASE 7 格式，Shapefile 不使用")
	case t.header < 33 || int64(t.header) > src.size || t.width < 1:
		return nil, dbfBroken(src.name, "its header gives impossible lengths", "文件头中的长度不合理")
	case records > int64(l.MaxRows):
		return nil, tooManyRows(l.MaxRows)
	}
	t.records = int(records)
	if room := (src.size - int64(t.header)) / int64(t.width); room < records {
		return nil, fileErrorf("dbf-truncated", "%s ends in record %d, though it says it has %d",
			"%s 在第 %d 条记录中断，文件头写有 %d 条", src.name, room+1, records)
	}
	return t, t.readFields(br, l)
}

func dbfBroken(name, en, zh string) *FileError {
	return fileErrorf("dbf-broken", "%[1]s is broken: %[2]s", "%[1]s 已损坏：%[3]s", name, en, zh)
}

func (t *dbfTable) readFields(r io.Reader, l Limits) error {
	const terminator = 0x0D
	at := 1 // after the deletion mark
	var d [32]byte
	for n := 0; 32+32*(n+1) <= t.header; n++ {
		if _, err := io.ReadFull(r, d[:1]); err != nil {
			return dbfBroken(t.src.name, "its fields are cut short", "字段定义不完整")
		}
		if d[0] == terminator {
			break
		}
		if _, err := io.ReadFull(r, d[1:]); err != nil {
			return dbfBroken(t.src.name, "its fields are cut short", "字段定义不完整")
		}
		if len(t.fields) == l.MaxColumns {
			return tooManyColumns(l.MaxColumns)
		}
		raw, _, _ := strings.Cut(string(d[:11]), "\x00")
		f := dbfField{raw: []byte(strings.TrimRight(raw, " ")), kind: d[11], start: at, size: int(d[16])}
		if at += f.size; at > t.width {
			return dbfBroken(t.src.name, "its fields are wider than a record", "字段总宽超过记录长度")
		}
		t.fields = append(t.fields, f)
	}
	return nil
}

// survey reads all records once, for deleted ones and for what the text can
// be encoded in.
func (t *dbfTable) survey(ctx context.Context) error {
	t.evidence = newEvidence()
	for _, f := range t.fields {
		t.evidence.look(f.raw, len(f.raw) >= 10)
	}
	c, err := t.cursor(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	for range t.records {
		deleted, err := c.next()
		if err != nil {
			return err
		}
		if deleted {
			t.deleted++
			continue
		}
		for _, f := range t.fields {
			if f.kind == 'C' {
				b := c.record[f.start : f.start+f.size]
				trimmed := trimPadding(b)
				t.evidence.look(trimmed, len(trimmed) == len(b))
			}
		}
	}
	return nil
}

// nameFields gives the fields their names in the encoding that was chosen. A
// name that was cut in the middle of a character loses that character.
func (t *dbfTable) nameFields(e *textEncoding) {
	for i := range t.fields {
		f := &t.fields[i]
		s, clean := e.decode(f.raw)
		if !clean && len(f.raw) >= 10 {
			s = strings.TrimRight(s, "\ufffd")
		}
		f.name = s
	}
}

// dbfCursor walks the records of a table.
type dbfCursor struct {
	io.Closer
	r      *bufio.Reader
	table  *dbfTable
	number int
	record []byte
	told   []bool // columns whose text was warned of
}

func (t *dbfTable) cursor(ctx context.Context) (*dbfCursor, error) {
	f, err := t.src.open()
	if err != nil {
		return nil, unreadable(t.src.name, err)
	}
	c := &dbfCursor{Closer: f, r: bufio.NewReaderSize(&meter{ctx: ctx, r: f}, 64<<10), table: t, record: make([]byte, t.width), told: make([]bool, len(t.fields))}
	if _, err := c.r.Discard(t.header); err != nil {
		return nil, errors.Join(unreadable(t.src.name, err), f.Close())
	}
	return c, nil
}

// next reads the next record and tells whether it is deleted.
func (c *dbfCursor) next() (deleted bool, err error) {
	c.number++
	_, err = io.ReadFull(c.r, c.record)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, fileErrorf("dbf-truncated", "%s ends in record %d, though it says it has %d",
			"%s 在第 %d 条记录中断，文件头写有 %d 条", c.table.src.name, c.number, c.table.records)
	}
	if err != nil {
		return false, unreadable(c.table.src.name, err)
	}
	return c.record[0] == dbfDeleted, nil
}

// attributes turns the record at hand into text; one warning for each column is
// enough.
func (c *dbfCursor) attributes(e *textEncoding) (attrs []string, warnings []Problem) {
	attrs = make([]string, len(c.table.fields))
	for i, f := range c.table.fields {
		b := c.record[f.start : f.start+f.size]
		if f.kind == 'C' {
			s, clean := e.decodeField(b)
			if !clean && !c.told[i] {
				c.told[i] = true
				warnings = append(warnings, undecodable(f.name))
			}
			attrs[i] = s
			continue
		}
		attrs[i] = dbfValue(f.kind, b)
	}
	return attrs, warnings
}

// decodeField decodes a padded text; a character cut at the end of a full
// field is dropped.
func (e *textEncoding) decodeField(b []byte) (s string, clean bool) {
	t := trimPadding(b)
	if s, clean = e.decode(t); clean || len(t) < len(b) {
		return s, clean
	}
	for cut := 1; cut < 4 && cut < len(t); cut++ {
		if shorter, ok := e.decode(t[:len(t)-cut]); ok {
			return shorter, true
		}
	}
	return s, false
}

// trimPadding drops the blanks and zero bytes behind a text.
func trimPadding(b []byte) []byte {
	n := len(b)
	for n > 0 && (b[n-1] == ' ' || b[n-1] == 0) {
		n--
	}
	return b[:n]
}

// dbfValue writes a value that is not text: numbers as they stand, dates as
// YYYY-MM-DD, truth as true and false; "" for null, which dBASE writes as
// blanks, asterisks, or ?.
func dbfValue(kind byte, b []byte) string {
	switch kind {
	case 'I', '+':
		if len(b) == 4 {
			return strconv.Itoa(int(int32(binary.LittleEndian.Uint32(b))))
		}
	case 'M', 'G', 'P', 'B', 'O', '@', 'T', 'Y':
		return "" // kept in another file, or binary
	}
	s := strings.Trim(string(b), " \x00")
	switch {
	case strings.HasPrefix(s, "*"):
		return ""
	case kind == 'L':
		switch s {
		case "T", "t", "Y", "y":
			return "true"
		case "F", "f", "N", "n":
			return "false"
		}
		return ""
	case kind == 'D':
		if len(s) == 8 && s != "00000000" && strings.Trim(s, "0123456789") == "" {
			return s[:4] + "-" + s[4:6] + "-" + s[6:]
		}
		return ""
	}
	return strings.ToValidUTF8(s, "\ufffd")
}
