package exchange

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite"
)

// geoPackageReader reads one feature table of a GeoPackage (OGC 12-128). The
// SQLite file is opened read-only and immutable, its schema untrusted; only
// plain tables are read, so that no SQL of the file's own ever runs.
type geoPackageReader struct {
	ctx      context.Context
	db       *sql.DB
	conn     *sql.Conn
	temp     string // file to remove on Close; "" = none
	o        Options
	header   Header
	table    string
	geometry string
	order    string // ORDER BY clause
	srs      int32
}

// openGeoPackage opens the file at path.
func openGeoPackage(ctx context.Context, path string, o Options) (*geoPackageReader, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	dsn := url.URL{Scheme: "file", Path: abs, RawQuery: "mode=ro&immutable=1&_defensive=1&_dqs=0" +
		"&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=mmap_size(0)&_query_only=1"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, unreadable(path, err)
	}
	g := &geoPackageReader{ctx: ctx, db: db, o: o}
	if err := g.learn(); err != nil {
		g.Close() // the reason to tell is err
		return nil, err
	}
	return g, nil
}

// openPackedGeoPackage unpacks an archive's GeoPackage to a temporary file,
// because SQLite needs to seek; Close removes it. The file lies in the archive's
// folder, which goes with an upload should the process end before Close; where
// that cannot be written, in the system's folder for such files.
func openPackedGeoPackage(ctx context.Context, folder string, s source, o Options) (_ *geoPackageReader, err error) {
	in, err := s.open()
	if err != nil {
		return nil, unreadable(s.name, err)
	}
	defer in.Close()
	const pattern = "tengdi-*.gpkg"
	out, err := os.CreateTemp(folder, pattern)
	if err != nil {
		out, err = os.CreateTemp("", pattern)
	}
	if err != nil {
		return nil, unreadable(s.name, err)
	}
	defer func() {
		if err != nil {
			os.Remove(out.Name())
		}
	}()
	_, err = io.Copy(out, &meter{ctx: ctx, r: io.LimitReader(in, s.size)})
	if err = errors.Join(err, out.Close()); err != nil {
		return nil, unreadable(s.name, err)
	}
	g, err := openGeoPackage(ctx, out.Name(), o)
	if err != nil {
		return nil, err
	}
	g.temp = out.Name()
	return g, nil
}

func (g *geoPackageReader) Header() Header { return g.header }

func (g *geoPackageReader) Close() error {
	var err error
	if g.conn != nil {
		err = g.conn.Close()
	}
	err = errors.Join(err, g.db.Close())
	if g.temp != "" {
		err = errors.Join(err, os.Remove(g.temp))
	}
	return err
}

// blobBytes is the size of the largest geometry within the limits: four
// ordinates a vertex, a count a ring, and some.
func (l Limits) blobBytes() int { return 32*l.MaxVertices + 16*l.MaxRings + 256 }

// learn connects and reads the tables that describe the file.
func (g *geoPackageReader) learn() error {
	conn, err := g.db.Conn(g.ctx)
	if err != nil {
		return g.broken(err)
	}
	g.conn = conn
	const limitLength = 0 // SQLITE_LIMIT_LENGTH: bytes of a value or row
	if _, err := sqlite.Limit(conn, limitLength, g.o.Limits.blobBytes()+16*g.o.Limits.MaxTextBytes); err != nil {
		return g.broken(err)
	}
	for _, name := range []string{"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} {
		if err := g.plainTable(name); err != nil {
			return err
		}
	}
	if err := g.choose(); err != nil {
		return err
	}
	if err := g.plainTable(g.table); err != nil {
		return err
	}
	if err := g.columns(); err != nil {
		return err
	}
	crs, err := g.crs()
	if err != nil {
		return err
	}
	var rows int
	if err := conn.QueryRowContext(g.ctx, "select count(*) from "+ident(g.table)).Scan(&rows); err != nil {
		return g.broken(err)
	}
	if rows > g.o.Limits.MaxRows {
		return tooManyRows(g.o.Limits.MaxRows)
	}
	g.header.Format, g.header.Layer, g.header.Rows, g.header.CRS = GeoPackage, g.table, rows, crs
	g.header.Encoding = "UTF-8 (GeoPackage)"
	return nil
}

func (g *geoPackageReader) broken(err error) error {
	if e := g.ctx.Err(); e != nil {
		return e
	}
	return fileErrorf("gpkg-broken", "the file is not a sound GeoPackage", "文件不是完好的 GeoPackage").because(err)
}

// ident quotes a name for SQL.
func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// plainTable refuses views and virtual tables, which would run SQL or code of
// the file's choice.
func (g *geoPackageReader) plainTable(name string) error {
	var kind, text string
	err := g.conn.QueryRowContext(g.ctx,
		"select type, coalesce(sql, '') from sqlite_master where lower(name) = lower(?) and type in ('table', 'view')",
		name).Scan(&kind, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return fileErrorf("gpkg-table-missing", "the GeoPackage has no table %s", "GeoPackage 缺少表 %s", quote(name))
	}
	if err != nil {
		return g.broken(err)
	}
	if kind != "table" || strings.HasPrefix(strings.ToUpper(strings.Join(strings.Fields(text), " ")), "CREATE VIRTUAL") {
		return fileErrorf("gpkg-not-a-table", "%s is a view or virtual table; only plain tables are read",
			"%s 是视图或虚拟表，只读取普通表", quote(name))
	}
	return nil
}

// choose finds the feature table that is meant.
func (g *geoPackageReader) choose() error {
	rows, err := g.conn.QueryContext(g.ctx, `select c.table_name, g.column_name, g.srs_id
		from gpkg_contents c join gpkg_geometry_columns g on lower(g.table_name) = lower(c.table_name)
		where c.data_type = 'features'
		order by c.table_name`)
	if err != nil {
		return g.broken(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var table, column string
		var srs int32
		if err := rows.Scan(&table, &column, &srs); err != nil {
			return g.broken(err)
		}
		if names = append(names, quote(table)); len(names) > 1000 {
			return fileErrorf("too-many-layers", "the GeoPackage has too many layers", "GeoPackage 图层太多")
		}
		if len(names) == 1 || strings.EqualFold(table, g.o.Layer) {
			g.table, g.geometry, g.srs = table, column, srs
		}
	}
	if err := rows.Err(); err != nil {
		return g.broken(err)
	}
	return oneLayer(names, g.table, g.o.Layer)
}

// oneLayer refuses unless exactly one layer is there or the chosen one is the
// one asked for.
func oneLayer(names []string, chosen, asked string) error {
	list := strings.Join(names, ", ")
	switch {
	case len(names) == 0:
		return fileErrorf("no-layer", "the file has no layer with shapes", "文件中没有带图形的图层")
	case asked != "" && !strings.EqualFold(chosen, asked):
		return fileErrorf("layer-unknown", "there is no layer %q; there are: %s", "没有图层 %q；现有：%s", asked, list)
	case asked == "" && len(names) > 1:
		return fileErrorf("several-layers", "the file has several layers, name one with --layer-name: %s",
			"文件有多个图层，请用 --layer-name 指定一个：%s", list)
	}
	return nil
}

// columns lists the attributes, and the key by which rows are ordered.
func (g *geoPackageReader) columns() error {
	rows, err := g.conn.QueryContext(g.ctx,
		"select name, upper(type), pk, hidden from pragma_table_xinfo(?) order by cid", g.table)
	if err != nil {
		return g.broken(err)
	}
	defer rows.Close()
	found := false
	for rows.Next() {
		var name, kind string
		var pk, hidden int
		if err := rows.Scan(&name, &kind, &pk, &hidden); err != nil {
			return g.broken(err)
		}
		switch {
		case hidden != 0: // generated: its expression is the file's own
			continue
		case strings.EqualFold(name, g.geometry):
			g.geometry, found = name, true
			continue
		case pk == 1 && kind == "INTEGER":
			g.order = " order by " + ident(name)
		}
		if g.header.Columns = append(g.header.Columns, name); len(g.header.Columns) > g.o.Limits.MaxColumns {
			return tooManyColumns(g.o.Limits.MaxColumns)
		}
	}
	if err := rows.Err(); err != nil {
		return g.broken(err)
	}
	if !found {
		return fileErrorf("gpkg-column-missing", "table %s has no column %s", "表 %s 没有几何字段 %s", quote(g.table), quote(g.geometry))
	}
	return nil
}

// crs reads the reference system of the table: its EPSG number where the
// organisation is EPSG, else what its text says. -1 and 0 are undefined.
func (g *geoPackageReader) crs() (CRS, error) {
	if g.srs == 0 || g.srs == -1 {
		return CRS{}, nil
	}
	const from = "gpkg_spatial_ref_sys"
	var name, organisation, definition string
	var id int
	err := g.conn.QueryRowContext(g.ctx, `select coalesce(srs_name, ''), coalesce(organization, ''),
		coalesce(organization_coordsys_id, 0), coalesce(definition, '')
		from gpkg_spatial_ref_sys where srs_id = ?`, g.srs).Scan(&name, &organisation, &id, &definition)
	if errors.Is(err, sql.ErrNoRows) {
		return CRS{Name: "srs_id " + strconv.Itoa(int(g.srs)), From: from}, nil
	}
	if err != nil {
		return CRS{}, g.broken(err)
	}
	c := RecogniseCRS(definition, from)
	c.Name, c.From = quote(name), from
	if strings.EqualFold(organisation, "EPSG") && id > 0 {
		c.EPSG = id
	}
	return c, nil
}
