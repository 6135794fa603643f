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

// demoLogins are the accounts of a demo instance, one for each role. Their
// passwords are printed and offered on the sign-in page, so they exist on a demo
// only.
func demoLogins(demo bool) []web.DemoLogin {
	if !demo {
		return nil
	}
	var out []web.DemoLogin
	for _, r := range geo.Roles() {
		out = append(out, web.DemoLogin{Login: string(r), Password: "tengdi-" + string(r), Role: r, Name: demoNames()[r]})
	}
	return out
}

func demoNames() map[geo.Role]string {
	return map[geo.Role]string{
		geo.RoleViewer:     "查询员 / viewer",
		geo.RoleField:      "网格员 / field worker",
		geo.RolePlanner:    "规划员 / planner",
		geo.RoleTrading:    "交易中心 / trading centre",
		geo.RoleLeader:     "区领导 / leader",
		geo.RoleSupervisor: "督查员 / supervisor",
		geo.RoleAdmin:      "系统管理员 / administrator",
	}
}

// demoPosts are the people of the demo whose accounts these are: whose areas
// the grid worker may write in, and whose work the leader sees.
func demoPosts() map[string]geo.Role {
	return map[string]geo.Role{
		"查询员01": geo.RoleViewer, "网格员007": geo.RoleField, "规划员01": geo.RolePlanner, "交易员01": geo.RoleTrading,
		"区领导07": geo.RoleLeader, "督查员01": geo.RoleSupervisor, "系统管理员01": geo.RoleAdmin,
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
	for i, p := range data.Persons {
		data.Persons[i].Login = string(demoPosts()[p.Post])
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
