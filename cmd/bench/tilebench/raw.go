package main

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzip"

	"tengdi/cmd/bench/city"
)

// rawQuery is a tile by ST_AsMVT over the indexed EPSG:3857 column: the floor of
// every tile server that lets the database make its tiles.
func rawQuery() string {
	return `
	select st_asmvt(t, 'parcels', 4096, 'geom', 'id') from (
		select id, ` + strings.Join(city.Fields(), ", ") + `,
			st_asmvtgeom(g, st_tileenvelope($1, $2, $3), 4096, 64, true) as geom
		from ` + city.Table + `
		where g && st_tileenvelope($1, $2, $3, margin => 64.0 / 4096)
	) t where geom is not null`
}

// rawHandler answers with the tile of the query, gzipped as fast as the engine
// gzips a fresh one.
func rawHandler(pool *pgxpool.Pool) handler {
	query := rawQuery()
	zippers := sync.Pool{New: func() any {
		gz, err := gzip.NewWriterLevel(nil, gzip.StatelessCompression)
		if err != nil { // only for a level that does not exist
			panic(err)
		}
		return gz
	}}
	return func(w http.ResponseWriter, r *http.Request, z, x, y uint32) error {
		begun := time.Now()
		var raw []byte
		if err := pool.QueryRow(r.Context(), query, z, x, y).Scan(&raw); err != nil {
			return err
		}
		if len(raw) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		gz := zippers.Get().(*gzip.Writer)
		defer zippers.Put(gz)
		var zipped bytes.Buffer
		gz.Reset(&zipped)
		if _, err := gz.Write(raw); err != nil {
			return err
		}
		if err := gz.Close(); err != nil {
			return err
		}
		tileHeader(w, len(raw), zipped.Len(), time.Since(begun))
		_, err := w.Write(zipped.Bytes())
		return err
	}
}
