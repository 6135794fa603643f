package local

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// hba lets in whoever can reach the socket, and only through the socket. Who
// can reach it is decided by the file system, twice: the folder has mode 0700
// and the socket itself 0700, both of the account that runs the cluster. So
// that account and root get in, and no other local user.
const hba = `# Written by tengdi. Unix socket only; its folder and the socket have mode 0700.
local all all trust
`

// conf is postgresql.conf as written once by initCluster. What the
// administrator adds below the include wins over it.
const conf = `# Written by tengdi when the cluster was made; kept from then on.
# tengdi.conf is rewritten at every start. Settings added below this line win over it.
include 'tengdi.conf'
`

const confName = "tengdi.conf"

// tuning gives the settings for a small server (two cores) with mem bytes of
// memory; 0 when the size is not known.
func tuning(mem int64, fast bool) map[string]string {
	const mib = 1 << 20
	between := func(v, low, high int64) string { return fmt.Sprintf("%dMB", min(max(v/mib, low), high)) }
	s := map[string]string{
		"max_connections":                     "60",
		"shared_buffers":                      between(mem/8, 128, 1024),
		"effective_cache_size":                between(mem/2, 512, 65536),
		"work_mem":                            "16MB",
		"maintenance_work_mem":                between(mem/32, 64, 512),
		"max_wal_size":                        "2GB",
		"wal_compression":                     "on",
		"random_page_cost":                    "1.1",
		"max_worker_processes":                "4",
		"max_parallel_workers":                "2",
		"jit":                                 "off",
		"lc_messages":                         "'C'",
		"datestyle":                           "'iso, ymd'",
		"timezone":                            "'UTC'",
		"log_timezone":                        "'UTC'",
		"log_line_prefix":                     "'%m [%p] %q%u@%d '",
		"log_checkpoints":                     "off",
		"log_error_verbosity":                 "terse", // no DETAIL lines: they quote keys and rows, of households too
		"password_encryption":                 "scram-sha-256",
		"track_io_timing":                     "on",
		"max_locks_per_transaction":           "128",
		"default_text_search_config":          "'pg_catalog.simple'",
		"checkpoint_completion_target":        "0.9",
		"max_parallel_workers_per_gather":     "1",
		"max_parallel_maintenance_workers":    "1",
		"client_connection_check_interval":    "2s",
		"idle_in_transaction_session_timeout": "10min",
	}
	if fast {
		s["max_connections"] = "300"
		s["shared_buffers"] = "256MB"
		s["fsync"] = "off"
		s["synchronous_commit"] = "off"
		s["full_page_writes"] = "off"
		s["log_checkpoints"] = "off"
		s["max_wal_size"] = "4GB"
	}
	return s
}

// writeConf writes tengdi.conf into the data folder, whole or not at all.
func writeConf(data string, a account, settings map[string]string) error {
	var b strings.Builder
	b.WriteString("# Rewritten by tengdi at every start; put your own settings into postgresql.conf.\n")
	names := make([]string, 0, len(settings))
	for name := range settings {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s = %s\n", name, settings[name])
	}
	return writeFile(filepath.Join(data, confName), a, b.String())
}

// writeFile replaces path with text, owned by the account, readable by it alone.
func writeFile(path string, a account, text string) error {
	tmp := path + ".new"
	if err := os.Remove(tmp); err != nil && !os.IsNotExist(err) {
		return err
	}
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if a.cred != nil {
		if err := f.Chown(a.uid, a.gid); err != nil {
			return err
		}
	}
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// environment is what PostgreSQL's programs get to see: ours without the
// variables that would steer them elsewhere (PG…), the locale's, and our own
// settings, which may hold secrets.
func environment() []string {
	env := []string{"LC_ALL=C"}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") || name == "LANG" || name == "LANGUAGE" ||
			strings.HasPrefix(name, "TENGDI_") || name == "NOTIFY_SOCKET" {
			continue
		}
		env = append(env, kv)
	}
	return env
}
