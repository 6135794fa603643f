package main

import (
	"fmt"

	"tengdi/geo"
	"tengdi/geo/postgis/local"
)

type urlCmd struct{ databaseFlags }

// Run prints the address of the database that a running service keeps, for
// psql and pg_dump.
func (c *urlCmd) Run() error {
	if c.DatabaseURL != "" {
		fmt.Println(c.DatabaseURL)
		return nil
	}
	address, ok := local.Attach(c.Data)
	if !ok {
		return geo.Errorf(geo.Unavailable, "no service is running on %s; start it with tengdi serve --data %[1]s",
			"%s 上没有正在运行的服务；请先执行 tengdi serve --data %[1]s", c.Data)
	}
	fmt.Println(address(databaseName))
	return nil
}
