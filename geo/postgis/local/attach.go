package local

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Attach finds the cluster that another process keeps running on the data
// folder dir, so that a command can work beside a running service. ok is false
// when nobody holds the folder or its server is not ready. The cluster may go
// away at any time; a caller sees that as a lost connection.
func Attach(dir string) (urlOf func(database string) string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil || !held(dir) {
		return nil, false
	}
	raw, err := os.ReadFile(filepath.Join(dir, "postgres", pidName))
	if err != nil {
		return nil, false
	}
	lines := strings.Split(string(raw), "\n") // pid, data folder, start, port, socket folder, listen address, memory key, status
	if len(lines) < 8 || strings.TrimSpace(lines[7]) != "ready" || strings.TrimSpace(lines[4]) == "" {
		return nil, false
	}
	return func(database string) string { return socketURL(strings.TrimSpace(lines[4]), database) }, true
}

// held tells whether a living process has the lock of the data folder.
func held(dir string) bool {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil
}

// socketURL is the address of a database of a private cluster for its
// superuser. A space in the path is %20: libpq takes a plus sign for itself.
func socketURL(socket, database string) string {
	query := url.Values{"host": {socket}, "port": {"5432"}, "sslmode": {"disable"}}.Encode()
	u := url.URL{
		Scheme: "postgres", User: url.User(superuser), Path: "/" + database,
		RawQuery: strings.ReplaceAll(query, "+", "%20"),
	}
	return u.String()
}
