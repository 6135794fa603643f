package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"tengdi/geo"
	"tengdi/web"
)

type userCmd struct {
	Add  userAddCmd  `cmd:"" help:"Make an account."`
	Set  userSetCmd  `cmd:"" help:"Change an account: name, role, password; close it or open it again."`
	List userListCmd `cmd:"" help:"List the accounts."`

	ResetSecondFactor userResetCmd `cmd:"" name:"reset-second-factor" help:"Take the second factor off an account whose device is lost."`
	Link              userLinkCmd  `cmd:"" help:"Tie an account to a person at the identity provider."`
}

type userAddCmd struct {
	databaseFlags
	Login string `arg:"" help:"Login name: small letters, digits, dot, dash, underscore."`
	Name  string `help:"Name or post as shown."`
	Role  string `help:"viewer, field, planner, trading, leader, supervisor or admin." required:"" enum:"viewer,field,planner,trading,leader,supervisor,admin"`
}

// Run reads the password from the terminal without echo, or as one line from
// standard input; never from an argument, where other users could read it.
func (c *userAddCmd) Run(ctx context.Context) error {
	if !validLogin(c.Login) {
		return geo.Errorf(geo.Invalid, "login %q: 2 to 40 small letters, digits, dots, dashes or underscores, a letter or digit first",
			"账号 %q 不合规：2 至 40 个小写字母、数字、点、短横或下划线，以字母或数字开头", c.Login)
	}
	hash, err := newPassword(c.Login)
	if err != nil {
		return err
	}
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	name := c.Name
	if name == "" {
		name = c.Login
	}
	if err := db.store.AddUser(ctx, byOperator(), geo.User{Login: c.Login, Name: name, Role: geo.Role(c.Role), Hash: hash}); err != nil {
		return err
	}
	fmt.Printf("账号 %s（%s）已保存 / account %s (%s) saved\n", c.Login, c.Role, c.Login, c.Role)
	return nil
}

// byOperator is who runs a command without an account of its own.
func byOperator() geo.Actor {
	return geo.Actor{Login: "operator", Role: geo.RoleSystem, Source: geo.FromCLI}
}

func validLogin(s string) bool {
	if len(s) < 2 || len(s) > 40 {
		return false
	}
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', i > 0 && strings.ContainsRune("._-", r):
		default:
			return false
		}
	}
	return true
}

// newPassword reads a password for a login and returns its hash.
func newPassword(login string) (hash string, err error) {
	password, err := readPassword()
	if err != nil {
		return "", err
	}
	if err := web.CheckNewPassword(login, password); err != nil {
		return "", err
	}
	if hash, err = web.HashPassword(password); err != nil {
		return "", fmt.Errorf("hash the password: %w", err)
	}
	return hash, nil
}

// userSetCmd changes what is named and leaves the rest. A new password, a new
// role and a closed account hold at once: open sessions are asked anew.
type userSetCmd struct {
	databaseFlags
	Login    string `arg:"" help:"Login name."`
	Name     string `help:"Name or post as shown."`
	Role     string `help:"viewer, field, planner, trading, leader, supervisor or admin." enum:"viewer,field,planner,trading,leader,supervisor,admin," default:""`
	Password bool   `help:"Read a new password; it signs every session of the account out and ends its tokens."`
	Disable  bool   `help:"Close the account." xor:"state"`
	Enable   bool   `help:"Open the account again." xor:"state"`
}

func (c *userSetCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	u, err := db.store.User(ctx, c.Login)
	if err != nil {
		return err
	}
	u.Hash = "" // keeps the old one
	if c.Password {
		if u.Hash, err = newPassword(c.Login); err != nil {
			return err
		}
	}
	if c.Name != "" {
		u.Name = c.Name
	}
	if c.Role != "" {
		u.Role = geo.Role(c.Role)
	}
	u.Disabled = c.Disable || u.Disabled && !c.Enable
	if err := db.store.SetUser(ctx, byOperator(), u); err != nil {
		return err
	}
	fmt.Printf("账号 %s（%s）已更新 / account %s (%s) changed\n", u.Login, u.Role, u.Login, u.Role)
	return nil
}

func readPassword() (string, error) {
	fd := int(os.Stdin.Fd())
	if term.IsTerminal(fd) {
		fmt.Fprint(os.Stderr, "密码 / password: ")
		raw, err := term.ReadPassword(fd)
		fmt.Fprintln(os.Stderr)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return string(raw), nil
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		if err != nil {
			return "", fmt.Errorf("read the password from standard input: %w", err)
		}
		return "", geo.Errorf(geo.Invalid, "no password on standard input", "标准输入中没有密码")
	}
	return line, nil
}

type userListCmd struct{ databaseFlags }

func (c *userListCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	users, err := db.store.Users(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "LOGIN\tROLE\tNAME\tSTATE\tSECOND FACTOR")
	for _, u := range users {
		state := "active"
		if u.Disabled {
			state = "disabled"
		}
		second := "-"
		if !u.TOTPOn.IsZero() {
			second = "on"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", u.Login, u.Role, u.Name, state, second)
	}
	return w.Flush()
}

// userResetCmd is for a device that was lost, with the recovery codes. Open
// sessions that showed the old one end.
type userResetCmd struct {
	databaseFlags
	Login string `arg:"" help:"Login name."`
}

func (c *userResetCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	if err := db.store.EndTOTP(ctx, byOperator(), c.Login, 0); err != nil {
		return err
	}
	fmt.Printf("账号 %s 的双重验证已解除 / account %[1]s has no second factor now\n", c.Login)
	return nil
}

type userLinkCmd struct {
	databaseFlags
	Login   string `arg:"" help:"Login name."`
	Issuer  string `help:"The provider, exactly as --oidc-issuer." required:"" env:"TENGDI_OIDC_ISSUER"`
	Subject string `help:"The person's subject (sub) there." required:""`
	Move    bool   `help:"Take the identity from the account that has it; that one's sessions and tokens end."`
}

func (c *userLinkCmd) Run(ctx context.Context) error {
	db, err := c.open(ctx, openOptions{migrate: true})
	if err != nil {
		return err
	}
	defer db.close()
	if err := db.store.AddIdentity(ctx, byOperator(), geo.Identity{Issuer: c.Issuer, Subject: c.Subject, Login: c.Login}, c.Move); err != nil {
		return err
	}
	fmt.Printf("账号 %s 已关联 / account %[1]s is tied to %s at %s\n", c.Login, c.Subject, c.Issuer)
	return nil
}
