package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/files"
)

// papers keeps the bytes of papers in a folder for the web floor.
type papers struct{ folder *files.Folder }

// openPapers opens the folder of papers: the one that is named, which several
// servers share, else the one in the data folder.
func openPapers(dir, data string) (*papers, error) {
	if dir == "" {
		dir = filepath.Join(data, "files")
	}
	folder, err := files.Open(dir)
	if err != nil {
		return nil, geo.Errorf(geo.Invalid, "the folder of papers %s cannot be used: %v", "附件目录 %s 不可用：%v", dir, err)
	}
	return &papers{folder}, nil
}

func (p *papers) Put(_ context.Context, r io.Reader) (geo.File, error) {
	kept, err := p.folder.Put(r, geo.MaxFile)
	switch {
	case errors.Is(err, files.ErrTooLarge):
		return geo.File{}, geo.Errorf(geo.TooLarge, "The file is larger than %d MiB.", "文件超过 %d MiB。", geo.MaxFile>>20)
	case errors.Is(err, files.ErrProgram):
		return geo.File{}, geo.FileNotTaken(geo.ProgramType)
	case errors.Is(err, files.ErrEmpty):
		return geo.File{}, &geo.Error{
			Kind: geo.Invalid, En: "The request has an invalid value.", Zh: "请求中有无效的值。",
			Fields: []geo.FieldError{{Field: "file", Code: "empty", En: "is empty", Zh: "文件为空"}},
		}
	}
	return geo.File{SHA256: kept.SHA256, Bytes: kept.Bytes, MediaType: kept.MediaType}, err
}

func (p *papers) Open(_ context.Context, sha256 string) (io.ReadSeekCloser, error) {
	f, err := p.folder.Open(sha256)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &geo.Error{Kind: geo.Unavailable, En: "The file is listed but not in the store of this server.", Zh: "附件已登记，但本服务器的存储中没有该文件。", Err: err}
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// sweepEvery is how often papers that nobody wants are looked for, and how old
// they must be: older than any upload that may still be told of.
const sweepEvery = 24 * time.Hour

// sweep removes bytes that no row names, daily until ctx ends.
func (p *papers) sweep(ctx context.Context, store *postgis.Store, log *slog.Logger) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		n, err := p.folder.Sweep(sweepEvery, func(sum string) (bool, error) { return store.FileWanted(ctx, sum) })
		if err != nil {
			log.Error("papers could not be swept", "error", err)
		}
		if n > 0 {
			log.Info("papers that nobody wants were removed", "files", n)
		}
	}
}
