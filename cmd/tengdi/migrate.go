package main

import (
	"context"
	"fmt"
)

type migrateCmd struct{ databaseFlags }

func (c *migrateCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true, create: true})
	if err != nil {
		return err
	}
	db.close()
	fmt.Println("数据库结构已是最新 / the database schema is up to date")
	return nil
}
