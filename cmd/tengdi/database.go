package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/postgis/local"
)

// databaseFlags say where the data are. Without a URL a private cluster in the
// data folder holds them: started for the time of the command, or the one
// that a running service keeps.
type databaseFlags struct {
	Data        string `help:"Data folder, with the private database cluster." default:"data" type:"path" env:"TENGDI_DATA"`
	DatabaseURL string `help:"Use this PostGIS server instead of a private cluster." env:"TENGDI_DATABASE_URL"`
}

type openOptions struct {
	migrate bool // bring the schema up to date first
	create  bool // make the data folder and its cluster when there is none
	serving bool // tell what happens, and never share a running cluster
}

// database is an open store with what keeps it running.
type database struct {
	store   *postgis.Store
	url     string
	cluster *local.Cluster // nil: not ours to stop
}

const databaseName = "tengdi"

// open connects the store. The caller closes the database.
func (f databaseFlags) open(ctx context.Context, o openOptions) (*database, error) {
	logf := func(string, ...any) {}
	if o.serving {
		logf = func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	}
	db := &database{url: f.DatabaseURL}
	if db.url == "" {
		if err := f.expect(o); err != nil {
			return nil, err
		}
		if err := f.privateCluster(ctx, db, o, logf); err != nil {
			return nil, err
		}
	}
	if o.migrate {
		if err := postgis.Migrate(ctx, db.url, logf); err != nil {
			db.close()
			return nil, err
		}
	}
	store, err := postgis.Open(ctx, postgis.Options{URL: db.url, Private: f.DatabaseURL == "", Logf: logf})
	if err != nil {
		db.close()
		return nil, err
	}
	db.store = store
	return db, nil
}

// expect refuses a folder without data to every command that does not make
// them: a mistyped --data must not become an instance.
func (f databaseFlags) expect(o openOptions) error {
	_, err := os.Stat(filepath.Join(f.Data, "postgres"))
	if o.create || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return geo.Errorf(geo.NotFound,
		"there is no Tengdi data in %s; name the folder with --data, or make it with tengdi serve or tengdi migrate",
		"%s 中没有腾地数据；请用 --data 指定数据目录，或先用 tengdi serve / tengdi migrate 建立", f.Data)
}

// privateCluster starts the cluster of the data folder. A command finds the
// one that a running service keeps; the service itself never shares.
func (f databaseFlags) privateCluster(ctx context.Context, db *database, o openOptions, logf func(string, ...any)) error {
	cluster, err := local.Start(ctx, local.Options{Dir: f.Data, Logf: logf})
	if errors.Is(err, local.ErrInUse) && !o.serving {
		if url, ok := local.Attach(f.Data); ok {
			db.url = url(databaseName)
			return nil
		}
	}
	if err != nil {
		return err
	}
	db.cluster = cluster
	if err := cluster.EnsureDatabase(ctx, databaseName); err != nil {
		db.close()
		return err
	}
	db.url = cluster.URL(databaseName)
	return nil
}

// stopPatience is how long the cluster may take to write everything before it
// is stopped at once; nothing is lost either way.
const stopPatience = 20 * time.Second

func (db *database) close() {
	if db.store != nil {
		db.store.Close()
	}
	if db.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
		defer cancel()
		if err := db.cluster.Stop(ctx); err != nil {
			fmt.Fprintf(os.Stderr, "tengdi: 停止数据库时出错 / stopping the database: %v\n", err)
		}
	}
}
