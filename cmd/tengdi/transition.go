package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tengdi/geo"
)

type transitionCmd struct {
	databaseFlags
	Thing  string            `arg:"" help:"Kind and code: areas/YYL-12, parcels/430602…, buildings/…, households/…, problems/…, projects/…."`
	To     string            `help:"The state to move to." required:""`
	On     string            `help:"Day it happened, YYYY-MM-DD (default: now)."`
	Reason string            `help:"Why; needed for a step back."`
	Set    map[string]string `name:"set" help:"What the new state needs, as key=value; docs/states.md lists the keys." mapsep:"none"`
	Login  string            `help:"Account in whose name it is done; its role decides what is allowed. Default: the operator of this machine." env:"TENGDI_LOGIN"`
}

// machineOf finds the machine by the plural that URLs use.
func machineOf(plural string) (geo.MachineName, bool) {
	m, ok := map[string]geo.MachineName{
		"areas": geo.AreaMachine, "parcels": geo.ParcelMachine, "buildings": geo.BuildingMachine,
		"households": geo.HouseholdMachine, "problems": geo.ProblemMachine, "projects": geo.ProjectMachine,
	}[plural]
	return m, ok
}

func (c *transitionCmd) Run(ctx context.Context) error {
	plural, code, _ := strings.Cut(c.Thing, "/")
	machine, ok := machineOf(plural)
	if !ok || code == "" {
		return geo.Errorf(geo.Invalid, "%q names no thing; write areas/CODE, parcels/CODE, …",
			"%q 不是有效对象；请写 areas/编号、parcels/编号 等", c.Thing)
	}
	db, err := c.open(ctx, openOptions{})
	if err != nil {
		return err
	}
	defer db.close()
	actor, err := c.actor(ctx, db)
	if err != nil {
		return err
	}
	on, err := c.day(ctx, db)
	if err != nil {
		return err
	}
	ev, err := db.store.Transition(ctx, actor, geo.Transition{
		Entity: machine, Code: code, To: c.To, On: on, Reason: c.Reason, Data: c.Set,
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s %s: %s → %s (revision %d)\n", plural, code, ev.From, ev.To, ev.Revision)
	return nil
}

func (c *transitionCmd) actor(ctx context.Context, db *database) (geo.Actor, error) {
	if c.Login == "" {
		return geo.Actor{Login: "operator", Role: geo.RoleSystem, Source: geo.FromCLI}, nil
	}
	u, err := db.store.User(ctx, c.Login)
	if err != nil {
		return geo.Actor{}, err
	}
	if u.Disabled {
		return geo.Actor{}, geo.Errorf(geo.Forbidden, "account %s is disabled", "账号 %s 已停用", c.Login)
	}
	return geo.Actor{Login: u.Login, Role: u.Role, Source: geo.FromCLI}, nil
}

func (c *transitionCmd) day(ctx context.Context, db *database) (time.Time, error) {
	if c.On == "" {
		return time.Time{}, nil
	}
	d, err := db.store.District(ctx)
	if err != nil {
		return time.Time{}, err
	}
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("time zone %s: %w", d.Zone, err)
	}
	t, err := time.ParseInLocation(time.DateOnly, c.On, zone)
	if err != nil {
		return time.Time{}, geo.Errorf(geo.Invalid, "--on %q is not a day like 2019-05-01", "--on %q 不是 2019-05-01 这样的日期", c.On)
	}
	return t, nil
}
