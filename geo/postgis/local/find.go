package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oldest is the first PostgreSQL major version with ICU as a database's
// default collation, which initCluster asks for.
const oldest = 15

// install is one PostgreSQL installation: the folder of its programs and its
// major version.
type install struct {
	bin   string
	major int
}

func (i install) program(name string) string { return filepath.Join(i.bin, name) }

// findInstall picks the programs to use. want is the major version that wrote
// the data folder, 0 for a new one: then the newest with PostGIS wins.
func findInstall(ctx context.Context, binDir, dir string, want int) (install, error) {
	candidates := []string{binDir}
	if binDir == "" {
		candidates = binDirs(ctx)
	}
	var usable []install
	var refused []string
	for _, bin := range candidates {
		in, err := inspect(ctx, bin)
		if err != nil {
			refused = append(refused, err.Error())
			continue
		}
		usable = append(usable, in)
	}
	if ctx.Err() != nil {
		return install{}, ctx.Err()
	}
	slices.SortStableFunc(usable, func(a, b install) int { return b.major - a.major })
	if want != 0 {
		var majors []int
		for _, in := range usable {
			if in.major == want {
				return in, nil
			}
			majors = append(majors, in.major)
		}
		return install{}, otherVersion(dir, want, slices.Compact(majors))
	}
	if len(usable) == 0 {
		if len(refused) == 0 {
			refused = []string{"no postgres program on this system"}
		}
		return install{}, missing(strings.Join(refused, "; "))
	}
	return usable[0], nil
}

// binDirs lists the folders that may hold PostgreSQL's programs, without
// duplicates: PATH, Debian's and Red Hat's versioned folders, pg_config's
// answer, Homebrew and Postgres.app.
func binDirs(ctx context.Context) []string {
	var dirs []string
	add := func(dir string) {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil || slices.Contains(dirs, real) {
			return
		}
		if _, err := os.Stat(filepath.Join(real, "postgres")); err == nil {
			dirs = append(dirs, real)
		}
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			add(filepath.Dir(real))
		}
	}
	if out, err := output(ctx, "pg_config", "--bindir"); err == nil {
		add(out)
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // the patterns are constants; only a malformed one gives an error
		}
		for _, dir := range found {
			add(dir)
		}
	}
	return dirs
}

// inspect asks the programs in bin for their version and looks for PostGIS'
// control file beside them.
func inspect(ctx context.Context, bin string) (install, error) {
	out, err := output(ctx, filepath.Join(bin, "postgres"), "--version")
	if err != nil {
		return install{}, fmt.Errorf("%s: %w", bin, err)
	}
	major, err := parseVersion(out)
	if err != nil {
		return install{}, fmt.Errorf("%s: %w", bin, err)
	}
	if major < oldest {
		return install{}, fmt.Errorf("%s is PostgreSQL %d, at least %d is needed", bin, major, oldest)
	}
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return install{}, fmt.Errorf("%s has no initdb", bin)
	}
	shares := []string{
		fmt.Sprintf("/usr/share/postgresql/%d", major),
		filepath.Join(bin, "../share"),
		filepath.Join(bin, "../share/postgresql"),
		filepath.Join(bin, fmt.Sprintf("../share/postgresql@%d", major)),
	}
	if share, err := output(ctx, filepath.Join(bin, "pg_config"), "--sharedir"); err == nil {
		shares = append(shares, share)
	}
	for _, share := range shares {
		if _, err := os.Stat(filepath.Join(share, "extension", "postgis.control")); err == nil {
			return install{bin: bin, major: major}, nil
		}
	}
	return install{}, fmt.Errorf("%s is PostgreSQL %d without PostGIS (package postgresql-%d-postgis-3)", bin, major, major)
}

// parseVersion reads the major version out of what `postgres --version`
// prints: "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "… 18beta1".
func parseVersion(s string) (int, error) {
	_, rest, ok := strings.Cut(s, "(PostgreSQL) ")
	if !ok {
		return 0, fmt.Errorf("%q is not a PostgreSQL version", s)
	}
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	major, err := strconv.Atoi(rest[:n])
	if err != nil {
		return 0, fmt.Errorf("%q is not a PostgreSQL version", s)
	}
	return major, nil
}

// output runs a short question and gives its first line. It takes at most ten seconds.
func output(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = environment()
	out, err := cmd.Output()
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line), nil
}

// dataVersion reads PG_VERSION of a data folder; 0 when there is no cluster yet.
func dataVersion(data string) (int, error) {
	b, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	text := strings.TrimSpace(string(b))
	major, err := strconv.Atoi(text)
	if err != nil {
		// Before version 10 the major version had two parts, as in "9.6".
		first, _, _ := strings.Cut(text, ".")
		if major, err = strconv.Atoi(first); err != nil {
			return 0, &Error{
				Kind: ErrFolder,
				zh:   fmt.Sprintf("%s 不是 PostgreSQL 数据目录：PG_VERSION 的内容是 %q", data, text),
				en:   fmt.Sprintf("%s is not a PostgreSQL data folder: PG_VERSION says %q", data, text),
			}
		}
	}
	return major, nil
}
