package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/tiles"
	"tengdi/tiles/pmtiles"
)

// tilesCmd groups what is done with tiles beside serving them.
type tilesCmd struct {
	Export exportTilesCmd `cmd:"" help:"Write all tiles of an audience, as of a day, into one PMTiles file."`
}

// exportTilesCmd writes a hand-out of the map.
type exportTilesCmd struct {
	databaseFlags
	Audience string `help:"Whose map: public or staff. A staff file holds what is not published." default:"public"`
	At       string `help:"Day as of whose end the map is shown, YYYY-MM-DD. Default: now." placeholder:"DATE"`
	MinZoom  int    `help:"First zoom." default:"0"`
	MaxZoom  int    `help:"Last zoom; readers enlarge it beyond." default:"16"`
	Out      string `short:"o" help:"File to write, replaced as a whole when it is done." required:"" type:"path"`
}

// Run loads the audience's map at one revision and writes it out.
func (c *exportTilesCmd) Run(ctx context.Context) error {
	if aud := geo.Audience(c.Audience); aud != geo.Public && aud != geo.Staff {
		return geo.Errorf(geo.Invalid, "--audience is public or staff, not %q", "--audience 须为 public 或 staff，没有“%s”", c.Audience)
	}
	db, err := c.open(ctx, openOptions{})
	if err != nil {
		return err
	}
	defer db.close()
	return c.export(ctx, db.store, os.Stdout)
}

// export writes the archive and says what is in it.
func (c *exportTilesCmd) export(ctx context.Context, store *postgis.Store, say io.Writer) error {
	if err := c.openFolder(); err != nil {
		return err
	}
	district, err := store.District(ctx)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(district.Zone)
	if err != nil {
		return fmt.Errorf("the district's zone: %w", err)
	}
	q, err := queryAt(c.At, geo.DayOf(time.Now(), zone))
	if err != nil {
		return err
	}
	aud := geo.Audience(c.Audience)
	engine, err := tiles.New(tiles.SpecOf(aud), tiles.Options{CacheBytes: -1})
	if err != nil {
		return err
	}
	defer engine.Close()
	feed := &mapFeed{aud: aud, store: store, engine: engine, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if err := feed.load(ctx); err != nil {
		return err
	}
	var h pmtiles.Header
	var sum string
	err = replaceFile(c.Out, func(to, scratch *os.File) error {
		hash := sha256.New()
		h, err = engine.Archive(ctx, io.MultiWriter(to, hash), scratch, tiles.ArchiveOptions{
			MinZoom: c.MinZoom, MaxZoom: c.MaxZoom, Query: q,
			TileJSON: tiles.TileJSONOptions{Name: district.Name, Attribution: district.ApprovalNo},
		})
		sum = hex.EncodeToString(hash.Sum(nil))
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(say, "%s：%d 张瓦片（%d 种），%d–%d 级，sha256 %s\n%[1]s: %[2]d tiles (%[3]d different), zooms %[4]d to %[5]d, sha256 %[6]s\n",
		c.Out, h.Addressed, h.Contents, h.MinZoom, h.MaxZoom, sum)
	return err
}

// openFolder looks whether there is a folder for the file, before anything is loaded.
// Only that of the service's archives is made: another that is not there is more
// likely a slip of the pen.
func (c *exportTilesCmd) openFolder() error {
	folder := filepath.Dir(c.Out)
	if c.Data != "" && folder == archivesIn(c.Data) {
		return os.MkdirAll(folder, 0o700)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return geo.Errorf(geo.Invalid, "--out: there is no folder %s; make it first", "--out：没有文件夹 %s，请先新建", folder)
	}
	return nil
}

// archivesIn is the folder of the archives in a data folder.
func archivesIn(data string) string { return filepath.Join(data, "archives") }

// queryAt is the query for a day given as YYYY-MM-DD, up to today; "" and today =
// now. The engine counts days from 1970-01-01 and takes that one for no day.
func queryAt(text string, today geo.Day) (tiles.Query, error) {
	if text == "" {
		return tiles.Query{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return tiles.Query{}, geo.Errorf(geo.Invalid, "--at %q is not a day; write YYYY-MM-DD", "--at %q 不是日期，须为 YYYY-MM-DD", text)
	}
	switch at := geo.CivilDay(day); {
	case at < 1 || at > today:
		return tiles.Query{}, geo.Errorf(geo.Invalid, "--at %s: the map is known from 1970-01-02 to today, %s", "--at %s：地图所知日期为 1970-01-02 至今天 %s", at, today)
	case at == today:
		return tiles.Query{}, nil
	default:
		return tiles.Query{At: tiles.Day(at)}, nil
	}
}

// replaceFile writes a file beside path and puts it in its place when write has
// succeeded; scratch is a temporary file there. On an error nothing is left
// behind, and what was at path before stays.
func replaceFile(path string, write func(to, scratch *os.File) error) (err error) {
	dir := filepath.Dir(path)
	var temps []*os.File
	defer func() {
		for _, f := range temps {
			_ = f.Close()
			_ = os.Remove(f.Name()) // the one that was renamed is no longer there
		}
	}()
	for _, name := range []string{".tengdi-*.pmtiles", ".tengdi-*.scratch"} {
		f, err := os.CreateTemp(dir, name)
		if err != nil {
			return fmt.Errorf("write beside %s: %w", path, err)
		}
		temps = append(temps, f)
	}
	to := temps[0]
	if err := write(to, temps[1]); err != nil {
		return err
	}
	if err := to.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := to.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(to.Name(), path); err != nil {
		return fmt.Errorf("put %s in place: %w", path, err)
	}
	return nil
}
