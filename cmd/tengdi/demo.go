package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"tengdi/geo"
	"tengdi/geo/postgis"
	"tengdi/geo/sample"
	"tengdi/web"
)

// demoSeed fixes the demo district: the same seed draws the same streets.
const demoSeed = 430602

// demoLogins are the accounts of a demo instance. Their passwords are printed
// and offered on the sign-in page, so they exist on a demo only.
func demoLogins(demo bool) []web.DemoLogin {
	if !demo {
		return nil
	}
	return []web.DemoLogin{
		{Login: "planner", Password: "tengdi-planner", Role: geo.RolePlanner, Name: "规划员 / planner"},
		{Login: "trading", Password: "tengdi-trading", Role: geo.RoleTrading, Name: "交易中心 / trading centre"},
		{Login: "leader", Password: "tengdi-leader", Role: geo.RoleLeader, Name: "区领导 / leader"},
	}
}

// fillDemo loads the demo district into an empty database; one that holds
// anything is left as it is.
func fillDemo(ctx context.Context, store *postgis.Store) error {
	empty, err := store.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return nil
	}
	begun := time.Now()
	fmt.Fprintln(os.Stderr, "正在生成示例数据 / making the demo district …")
	data, err := sample.Build(sample.Options{Seed: demoSeed, Today: begun})
	if err != nil {
		return fmt.Errorf("make the demo district: %w", err)
	}
	actor := geo.Actor{Login: "demo", Role: geo.RoleSystem, Source: geo.FromDemo}
	for _, l := range demoLogins(true) {
		hash, err := web.HashPassword(l.Password)
		if err != nil {
			return err
		}
		u := geo.User{Login: l.Login, Name: l.Name, Role: l.Role, Hash: hash}
		err = store.AddUser(ctx, actor, u)
		if geo.KindOf(err) == geo.Conflict { // a first start was cut off here
			err = store.SetUser(ctx, actor, u)
		}
		if err != nil {
			return err
		}
	}
	if err := store.LoadDataset(ctx, data); err != nil {
		return fmt.Errorf("load the demo district: %w", err)
	}
	fmt.Fprintf(os.Stderr, "示例数据已载入 / demo district loaded: %d areas, %d parcels, %d buildings, %d events, %.0f s\n",
		len(data.Areas), len(data.Parcels), len(data.Buildings), len(data.Events), time.Since(begun).Seconds())
	return nil
}
