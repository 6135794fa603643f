package exchange

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Bounds of an archive. A GeoPackage or DBF of blanks can shrink a
// hundredfold; below freeBytes the ratio does no harm.
const (
	maxEntries   = 50
	maxRatio     = 100
	freeBytes    = 1 << 20
	maxDirectory = 256 << 10 // bytes of the archive's directory
)

// archiveReader closes the archive together with the reader of its content.
type archiveReader struct {
	Reader
	file io.Closer
}

func (a *archiveReader) Close() error { return errors.Join(a.Reader.Close(), a.file.Close()) }

// openArchive opens the one layer that a zip holds, or the one asked for.
// Nothing is unpacked to disk but a GeoPackage, under a name of our own.
func openArchive(ctx context.Context, name string, src source, o Options) (_ Reader, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, unreadable(src.name, err)
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	entries, err := archiveEntries(f, src, o.Limits)
	if err != nil {
		return nil, err
	}
	layer, o, err := chooseEntry(entries, o)
	if err != nil {
		return nil, err
	}
	var r Reader
	switch layer.ext() {
	case ".shp":
		var set shapefileSet
		if set, err = siblings(layer, entries); err == nil {
			r, err = openShapefile(ctx, set, o)
		}
	case ".gpkg":
		r, err = openPackedGeoPackage(ctx, filepath.Dir(name), layer, o)
	default:
		r, err = openGeoJSON(ctx, layer, o)
	}
	if err != nil {
		return nil, err
	}
	return &archiveReader{Reader: r, file: f}, nil
}

// directoryBudget lets archive/zip read only so much of a file while it takes
// the directory in, because it believes in any number of entries.
type directoryBudget struct {
	r    io.ReaderAt
	left int
	off  bool
}

var errDirectory = errors.New("the archive's directory is too large")

func (b *directoryBudget) ReadAt(p []byte, at int64) (int, error) {
	if b.off {
		return b.r.ReadAt(p, at)
	}
	if len(p) > b.left {
		return 0, errDirectory
	}
	n, err := b.r.ReadAt(p, at)
	b.left -= n
	return n, err
}

// archiveEntries lists the files of a zip after checking all that a hostile
// one could do: too many, too large, packed too tight, outside its folder.
func archiveEntries(f *os.File, src source, l Limits) ([]source, error) {
	budget := &directoryBudget{r: f, left: maxDirectory}
	z, err := zip.NewReader(budget, src.size)
	if errors.Is(err, errDirectory) {
		return nil, tooManyEntries()
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fileErrorf("zip-broken", "%s is not a sound zip", "%s 不是完好的 zip", src.name).because(err)
	}
	budget.off = true
	if len(z.File) > maxEntries {
		return nil, tooManyEntries()
	}
	var total uint64
	var entries []source
	for _, e := range z.File {
		name, err := checkEntry(e)
		if err != nil {
			return nil, err
		}
		if total += e.UncompressedSize64; total > uint64(l.MaxBytes) || e.UncompressedSize64 > uint64(l.MaxBytes) {
			return nil, tooManyBytes(l.MaxBytes)
		}
		base := path.Base(name)
		if e.FileInfo().IsDir() || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, "._") {
			continue
		}
		entries = append(entries, source{
			name: name,
			size: int64(e.UncompressedSize64),
			open: func() (io.ReadCloser, error) { return openEntry(e) },
		})
	}
	return entries, nil
}

func tooManyEntries() *FileError {
	return fileErrorf("too-many-entries", "the zip has more than %d entries", "zip 中的条目超过 %d 个", maxEntries)
}

// openEntry unpacks as many bytes as the entry declared and no more.
func openEntry(e *zip.File) (io.ReadCloser, error) {
	r, err := e.Open()
	if err != nil {
		return nil, fileErrorf("zip-broken", "%s cannot be unpacked", "无法解压 %s", quote(e.Name)).because(err)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, int64(e.UncompressedSize64)), r}, nil
}

// checkEntry refuses an entry that reaches out of the archive or is a bomb,
// and returns its name as text: old Chinese tools write GBK.
func checkEntry(e *zip.File) (string, error) {
	name := e.Name
	if !utf8.ValidString(name) {
		if s, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = s
		}
	}
	clean := strings.TrimSuffix(name, "/")
	mode := e.Mode()
	switch {
	case !fs.ValidPath(clean) || strings.ContainsAny(name, "\\:\x00"):
		return "", fileErrorf("zip-path", "the zip has an entry with an unsafe path: %q", "zip 中有不安全的路径：%q", quote(name))
	case mode&fs.ModeType&^fs.ModeDir != 0:
		return "", fileErrorf("zip-link", "%q in the zip is a link or a device, not a file", "zip 中的 %q 是链接或设备，不是文件", quote(name))
	case e.Flags&1 != 0:
		return "", fileErrorf("zip-encrypted", "the zip is encrypted", "zip 已加密，无法读取")
	case e.Method != zip.Store && e.Method != zip.Deflate:
		return "", fileErrorf("zip-method", "%q is packed with a method not known here", "%q 的压缩方式不支持", quote(name))
	case e.UncompressedSize64 > freeBytes && e.UncompressedSize64/maxRatio > e.CompressedSize64:
		return "", fileErrorf("zip-bomb", "%q unpacks to more than %d times its size", "%q 解压后超过原大小的 %d 倍", quote(name), maxRatio)
	}
	return name, nil
}

// chooseEntry finds the layer to read. Options.Layer names a file (with or
// without folder and extension) or, where there is one GeoPackage only, its
// table.
func chooseEntry(entries []source, o Options) (source, Options, error) {
	var layers []source
	var names []string
	for _, e := range entries {
		switch e.ext() {
		case ".shp", ".gpkg", ".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl":
			layers = append(layers, e)
			names = append(names, quote(e.name))
		}
	}
	slices.Sort(names)
	if len(layers) == 1 && layers[0].ext() == ".gpkg" {
		return layers[0], o, nil
	}
	var chosen source
	for i, e := range layers {
		if i == 0 || o.Layer != "" && e.answersTo(o.Layer) {
			chosen = e
		}
	}
	asked := o.Layer
	if asked != "" && chosen.open != nil && chosen.answersTo(asked) {
		o.Layer, asked = "", chosen.name
	}
	if err := oneLayer(names, chosen.name, asked); err != nil {
		return source{}, o, err
	}
	return chosen, o, nil
}

// answersTo tells whether a layer's name means this file.
func (s source) answersTo(layer string) bool {
	for _, name := range []string{s.name, s.stem(), path.Base(s.name), path.Base(s.stem())} {
		if strings.EqualFold(name, layer) {
			return true
		}
	}
	return false
}
