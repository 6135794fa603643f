package exchange

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// source is the bytes of one file, on disk or in an archive. It can be opened
// more than once.
type source struct {
	name string // base name, with extension
	size int64  // bytes that open will give, at most
	open func() (io.ReadCloser, error)
}

// ext is the extension in lower case, with its dot.
func (s source) ext() string { return strings.ToLower(filepath.Ext(s.name)) }

// stem is the name without its extension.
func (s source) stem() string { return strings.TrimSuffix(s.name, filepath.Ext(s.name)) }

// fileSource is a file on disk, refused when it is larger than the limit.
func fileSource(path string, l Limits) (source, error) { return namedSource(path, path, l) }

// namedSource is a file on disk that its owner calls otherwise: an upload.
func namedSource(path, called string, l Limits) (source, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return source{}, fileErrorf("no-such-file", "there is no file %s", "没有文件 %s", called).because(err)
	}
	if err != nil {
		return source{}, fileErrorf("not-readable", "%s cannot be read", "无法读取 %s", called).because(err)
	}
	if !info.Mode().IsRegular() {
		return source{}, fileErrorf("not-a-file", "%s is not a file", "%s 不是文件", called)
	}
	if info.Size() > l.MaxBytes {
		return source{}, tooManyBytes(l.MaxBytes)
	}
	if info.Size() == 0 {
		return source{}, fileErrorf("empty-file", "%s is empty", "%s 是空文件", called)
	}
	return source{
		name: filepath.Base(called),
		size: info.Size(),
		open: func() (io.ReadCloser, error) { return os.Open(path) },
	}, nil
}

// readAll reads a small file whole, refusing more than most bytes.
func (s source) readAll(most int64) ([]byte, error) {
	r, err := s.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > most {
		return nil, fileErrorf("too-many-bytes", "%s is larger than %d bytes", "%s 超过 %d 字节", s.name, most)
	}
	return b, nil
}

// sniff tells the format by content first, by name where content does not
// decide: zip, shapefile, geopackage or geojson.
func sniff(s source) (string, error) {
	r, err := s.open()
	if err != nil {
		return "", fileErrorf("not-readable", "%s cannot be read", "无法读取 %s", s.name).because(err)
	}
	defer r.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", unreadable(s.name, err)
	}
	head = head[:n]
	const shpFileCode = 9994
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\x1e")
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip", nil
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return GeoPackage, nil
	case len(head) >= 4 && binary.BigEndian.Uint32(head) == shpFileCode && s.ext() != ".shx":
		return Shapefile, nil
	case bytes.HasPrefix(text, []byte("{")):
		return GeoJSON, nil
	}
	switch s.ext() {
	case ".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl":
		return GeoJSON, nil
	case ".shp":
		return "", fileErrorf("shp-header", "%s is not a Shapefile: its first bytes are wrong",
			"%s 不是 Shapefile：文件头不对", s.name)
	case ".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx":
		return "", fileErrorf("part-of-shapefile",
			"%s is a part of a Shapefile: give the .shp beside it, or a .zip of all parts",
			"%s 只是 Shapefile 的一部分：请给出同名 .shp，或打包全部文件的 .zip", s.name)
	}
	return "", fileErrorf("format-unknown",
		"%s is no format known here: GeoJSON (also one feature a line), Shapefile (.shp or .zip), GeoPackage",
		"无法识别 %s 的格式；支持 GeoJSON（含逐行）、Shapefile（.shp 或 .zip）、GeoPackage", s.name)
}

func unreadable(name string, err error) error {
	var fe *FileError
	if errors.As(err, &fe) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fileErrorf("not-readable", "%s cannot be read", "无法读取 %s", name).because(err)
}

// meter is a reader that stops when the context ends and counts what passed.
type meter struct {
	ctx    context.Context
	r      io.Reader
	n      int64
	report func(n int64) // may be nil
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	m.n += int64(n)
	if m.report != nil {
		m.report(m.n)
	}
	return n, err
}
