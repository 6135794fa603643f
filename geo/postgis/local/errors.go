package local

import (
	"fmt"
	"strings"
)

// Kind is a kind of failure of the private cluster, to be asked for with
// errors.Is(err, local.ErrInUse) and the like. The error itself carries the
// sentence for the person who started the program.
type Kind string

// The kinds.
const (
	// ErrInUse: another process runs a cluster on the same data folder.
	ErrInUse Kind = "data folder in use"
	// ErrVersion: the data folder was written by a PostgreSQL major version
	// whose programs are not installed.
	ErrVersion Kind = "data folder of another PostgreSQL version"
	// ErrMissing: the PostgreSQL programs or PostGIS are not installed.
	ErrMissing Kind = "PostgreSQL or PostGIS missing"
	// ErrAccount: started as root, and no unprivileged account can run the cluster.
	ErrAccount Kind = "no account for the cluster"
	// ErrFolder: the data folder cannot be used (not a folder, foreign owner, foreign content).
	ErrFolder Kind = "data folder unusable"
	// ErrStart: PostgreSQL was found but did not become ready.
	ErrStart Kind = "PostgreSQL did not start"
)

// Error makes a Kind an error of its own, so that errors.Is finds it.
func (k Kind) Error() string { return string(k) }

// Error is a failure with its kind and a sentence, Chinese then English, that
// says what is wrong and what to do.
type Error struct {
	Kind   Kind
	PID    int    // the process that holds the folder (ErrInUse), or 0
	Detail string // the last lines PostgreSQL wrote, or ""
	zh, en string
	cause  error
}

// Error gives both sentences and, below them, what PostgreSQL wrote.
func (e *Error) Error() string {
	s := e.zh + " / " + e.en
	if e.cause != nil {
		s += " (" + e.cause.Error() + ")"
	}
	if e.Detail != "" {
		s += "\n" + e.Detail
	}
	return s
}

// Is tells the kind.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// Unwrap gives the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

func inUse(dir string, pid int) error {
	who, whoZh := "another process", "另一个进程"
	if pid > 0 {
		who = fmt.Sprintf("process %d", pid)
		whoZh = fmt.Sprintf("进程 %d", pid)
	}
	return &Error{
		Kind: ErrInUse, PID: pid,
		zh: fmt.Sprintf("数据目录 %s 正被 %s 使用。请先停止该进程，或用 --data 指定另一个目录", dir, whoZh),
		en: fmt.Sprintf("the data folder %s is in use by %s; stop it first, or name another folder with --data", dir, who),
	}
}

func missing(why string) error {
	return &Error{
		Kind: ErrMissing,
		zh:   "未找到带 PostGIS 的 PostgreSQL（" + why + "）。" + installZh,
		en:   "no PostgreSQL with PostGIS was found (" + why + "). " + installEn,
	}
}

const (
	installZh = "Debian/Ubuntu：sudo apt-get install postgresql postgis postgresql-postgis；" +
		"macOS：brew install postgresql@17 postgis；或用 --database-url 连接已有的 PostGIS 数据库"
	installEn = "Debian/Ubuntu: sudo apt-get install postgresql postgis postgresql-postgis; " +
		"macOS: brew install postgresql@17 postgis; or use a PostGIS server that runs already with --database-url"
)

func otherVersion(dir string, have int, found []int) error {
	names := make([]string, len(found))
	for i, v := range found {
		names[i] = fmt.Sprint(v)
	}
	list := strings.Join(names, ", ")
	if list == "" {
		list = "-"
	}
	zh := fmt.Sprintf("数据目录 %s 由 PostgreSQL %d 写成，而本机带 PostGIS 的版本是：%s。"+
		"请安装 postgresql-%d 与 postgresql-%d-postgis-3（可与其他版本并存，会自动选用）；"+
		"或在装有 PostgreSQL %d 的机器上用 pg_dump 导出，再导入一个新的数据目录", dir, have, list, have, have, have)
	en := fmt.Sprintf("the data folder %s was written by PostgreSQL %d, and the versions installed here with PostGIS are: %s. "+
		"Install postgresql-%d and postgresql-%d-postgis-3 (versions live side by side and the right one is picked); "+
		"or dump it with pg_dump where PostgreSQL %d is installed and restore it into a new data folder", dir, have, list, have, have, have)
	return &Error{Kind: ErrVersion, zh: zh, en: en}
}
