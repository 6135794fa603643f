package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"tengdi/geo"
	"tengdi/web"
)

type tokenCmd struct {
	Add  tokenAddCmd  `cmd:"" help:"Make a token with which a program speaks for an account; its secret is printed once."`
	List tokenListCmd `cmd:"" help:"List the tokens that have not ended."`
	End  tokenEndCmd  `cmd:"" help:"End a token."`
}

type tokenAddCmd struct {
	databaseFlags
	Login string   `arg:"" help:"The account that the token speaks for."`
	Name  string   `help:"What it is for." required:""`
	Scope []string `help:"read, write (moves, corrections, records, files), import; never more than the role of the account." default:"read" enum:"read,write,import"`
	Days  int      `help:"How long it holds, at most 366 days." default:"90"`
}

// Run prints the secret on standard output, alone, so that it can be piped to
// where it is kept.
func (c *tokenAddCmd) Run(ctx context.Context) error {
	if c.Days < 1 || c.Days > geo.MaxTokenDays {
		return geo.Errorf(geo.Invalid, "--days must be 1 to %d", "--days 须为 1 至 %d", geo.MaxTokenDays)
	}
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	t := geo.Token{Login: c.Login, Name: c.Name, ExpiresAt: time.Now().Add(time.Duration(c.Days)*24*time.Hour - time.Minute)}
	for _, s := range c.Scope {
		t.Scope = append(t.Scope, geo.TokenScope(s))
	}
	var secret string
	secret, t.Hash = web.NewTokenSecret()
	if t, err = db.store.AddToken(ctx, byOperator(), t); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "令牌 %d 有效至 %s，以下内容仅显示一次 / token %[1]d holds until %[2]s; its secret, shown once:\n", t.ID, t.ExpiresAt.Format(time.DateOnly))
	fmt.Println(secret)
	return nil
}

type tokenListCmd struct {
	databaseFlags
	Login string `arg:"" optional:"" help:"Only those of one account."`
}

func (c *tokenListCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	list, err := db.store.Tokens(ctx, c.Login)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tLOGIN\tNAME\tSCOPE\tUNTIL\tUSED")
	for _, t := range list {
		used := "-"
		if !t.UsedAt.IsZero() {
			used = t.UsedAt.Format(time.DateOnly)
		}
		var scope []string
		for _, s := range t.Scope {
			scope = append(scope, string(s))
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Login, t.Name, strings.Join(scope, ","), t.ExpiresAt.Format(time.DateOnly), used)
	}
	return w.Flush()
}

type tokenEndCmd struct {
	databaseFlags
	ID int64 `arg:"" help:"Number of the token, as list shows it."`
}

func (c *tokenEndCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	list, err := db.store.Tokens(ctx, "")
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.ID != c.ID {
			continue
		}
		if err := db.store.EndToken(ctx, byOperator(), t.Login, t.ID); err != nil {
			return err
		}
		fmt.Printf("令牌 %d 已停用 / token %[1]d has ended\n", t.ID)
		return nil
	}
	return geo.Errorf(geo.NotFound, "there is no token %s that holds", "没有有效的令牌 %s", strconv.FormatInt(c.ID, 10))
}
