// Command tengdi is the whole service: it serves the map and its API, migrates
// the database, imports land, moves states and keeps accounts.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"tengdi/geo"
)

// version is set by the linker.
var version = "dev"

// cli is the command line: flags win over TENGDI_* variables, those over the
// configuration file.
type cli struct {
	Config      string           `help:"Configuration file (JSON; keys are flag names)." type:"path" env:"TENGDI_CONFIG"`
	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`

	Serve      serveCmd      `cmd:"" help:"Run the service."`
	Migrate    migrateCmd    `cmd:"" help:"Bring the database to this version's schema."`
	Tiles      tilesCmd      `cmd:"" help:"Hand out the map as a file."`
	Import     importCmd     `cmd:"" help:"Import land from GeoJSON, Shapefile or GeoPackage."`
	Transition transitionCmd `cmd:"" help:"Move one thing to another state, by rule."`
	District   districtCmd   `cmd:"" help:"Show or change the district's settings."`
	User       userCmd       `cmd:"" help:"Keep accounts."`
	Token      tokenCmd      `cmd:"" help:"Keep tokens, with which programs speak for accounts."`
	Verify     verifyCmd     `cmd:"" help:"Prove that rows, events, published projection and figures agree, and that no event was altered; exit 1 when not."`
	Head       headCmd       `cmd:"" help:"Export the end of the event log, to be kept elsewhere and given to verify later."`
	URL        urlCmd        `cmd:"" name:"url" help:"Print the database address of a running service, for psql and pg_dump."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

type versionCmd struct{}

func (versionCmd) Run() error {
	fmt.Println("tengdi", version)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		report(err)
		os.Exit(1)
	}
}

// run parses args and runs the command they name. It returns nil after help.
func run(ctx context.Context, args []string) error {
	var c cli
	options := []kong.Option{
		kong.Name("tengdi"),
		kong.Description("Tengdi (腾地): land clearing and land transfer on one live map."),
		kong.UsageOnError(),
		kong.Vars{"version": "tengdi " + version},
		kong.BindTo(ctx, (*context.Context)(nil)),
	}
	if path := configPath(args); path != "" {
		resolver, err := loadConfig(path)
		if err != nil {
			return err
		}
		options = append(options, kong.Resolvers(resolver))
	}
	parser, err := kong.New(&c, options...)
	if err != nil {
		return fmt.Errorf("build the command line: %w", err)
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		var perr *kong.ParseError
		if errors.As(err, &perr) {
			return fmt.Errorf("%w (tengdi --help)", err)
		}
		return err
	}
	return kctx.Run()
}

// report prints an error as a person reads it: both languages where we have
// them, one line for each field.
func report(err error) {
	var e *geo.Error
	var r *geo.RefusedError
	switch {
	case errors.As(err, &r):
		fmt.Fprintf(os.Stderr, "tengdi: %s → %s 不允许 / refused\n", stateName(r.Machine, r.From), stateName(r.Machine, r.To))
		for _, reason := range r.Reasons {
			fmt.Fprintf(os.Stderr, "  %s：%s / %s\n", reason.Guard, reason.Zh, reason.En)
		}
		var names []string
		for _, code := range r.Allowed {
			names = append(names, stateName(r.Machine, code))
		}
		if names == nil {
			names = []string{"（此角色无 / none for this role）"}
		}
		fmt.Fprintf(os.Stderr, "  从此状态可变为，条件满足时 / moves from here, when their conditions hold: %s\n", strings.Join(names, ", "))
	case errors.As(err, &e) && e.Kind != geo.Internal:
		fmt.Fprintf(os.Stderr, "tengdi: %s\n        %s\n", e.En, e.Zh)
		for _, f := range e.Fields {
			fmt.Fprintf(os.Stderr, "  %s: %s / %s\n", f.Field, f.Zh, f.En)
		}
		if e.Err != nil {
			fmt.Fprintf(os.Stderr, "  %v\n", e.Err)
		}
	default:
		fmt.Fprintf(os.Stderr, "tengdi: %v\n", err)
	}
}

// stateName writes a state in Chinese with its code, as docs/states.md lists it.
func stateName(m geo.MachineName, code string) string {
	if s, ok := geo.StatusOf(m, code); ok {
		return s.Zh + " " + code
	}
	return code
}
