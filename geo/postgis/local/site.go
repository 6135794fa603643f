package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// site is where and as whom a cluster lives: fixed by Start, shared by initdb
// and each run of the postmaster.
type site struct {
	dir     string // the data folder, absolute
	data    string // dir/postgres, the cluster
	socket  string // folder of the socket
	ownSock bool   // the socket's folder is outside dir and goes with the cluster
	install install
	account account
	hidden  bool // the account cannot reach data by its path; it gets it as an open folder
}

// socketPathMax is the longest path of a unix socket, without its final zero
// (sun_path holds 108 bytes on Linux, 104 on macOS).
func socketPathMax() int {
	if runtime.GOOS == "linux" {
		return 107
	}
	return 103
}

const socketName = ".s.PGSQL.5432"

// prepare gives a PostgreSQL program its account, environment, open folders
// and a working folder that every account can enter.
func (s *site) prepare(cmd *exec.Cmd, files []*os.File) {
	cmd.Env = environment()
	cmd.Dir = "/"
	cmd.ExtraFiles = files
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.account.cred, Setpgid: true}
	cmd.WaitDelay = 10 * time.Second
}

// dataArg gives what to hand a PostgreSQL program as its data folder. When
// the account cannot walk the path (a data folder below /root, say) and the
// system is Linux, the program inherits the open folder and reaches it by
// its descriptor: no permission of a parent folder is changed, and the data
// stay where they were asked for. The caller closes the files.
func (s *site) dataArg(data string) (string, []*os.File, error) {
	if !s.hidden {
		return data, nil, nil
	}
	f, err := os.OpenFile(data, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return "", nil, err
	}
	return "/proc/self/fd/3", []*os.File{f}, nil // ExtraFiles start at descriptor 3
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// reachable asks the kernel whether the account can enter dir, by running a
// program there: that also covers access lists and mount options.
func (s *site) reachable(parent context.Context, dir string) (bool, error) {
	if s.account.cred == nil {
		return true, nil
	}
	ctx, cancel := context.WithTimeout(parent, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.install.program("postgres"), "--version")
	s.prepare(cmd, nil)
	if err := cmd.Run(); err != nil {
		if parent.Err() != nil {
			return false, parent.Err()
		}
		return false, &Error{
			Kind: ErrAccount, cause: err,
			zh: fmt.Sprintf("账户 %s 无法运行 %s", s.account.name, cmd.Path),
			en: fmt.Sprintf("the account %s cannot run %s", s.account.name, cmd.Path),
		}
	}
	cmd = exec.CommandContext(ctx, s.install.program("postgres"), "--version")
	s.prepare(cmd, nil)
	cmd.Dir = dir
	err := cmd.Run()
	if errors.Is(err, syscall.EACCES) {
		return false, nil
	}
	if parent.Err() != nil {
		return false, parent.Err()
	}
	return err == nil, err
}

// place decides how the account reaches the data folder and where the socket
// is. The socket lies in dir/socket if its path is short enough and the
// account can get there, else in a private folder of /run (root) or of the
// user's own runtime or temporary folder.
func (s *site) place(ctx context.Context) error {
	ok, err := s.reachable(ctx, s.dir)
	if err != nil {
		return err
	}
	s.hidden = !ok
	if s.hidden && !hasProcFD() {
		return &Error{
			Kind: ErrFolder,
			zh:   fmt.Sprintf("账户 %s 无法进入 %s（上级目录不允许其他用户进入）。请用 --data 指定例如 /var/lib/tengdi 的目录", s.account.name, s.dir),
			en:   fmt.Sprintf("the account %s cannot enter %s (a folder above it admits no other user); name a folder such as /var/lib/tengdi with --data", s.account.name, s.dir),
		}
	}
	s.socket = filepath.Join(s.dir, "socket")
	if s.hidden || len(s.socket)+1+len(socketName) > socketPathMax() {
		sum := sha256.Sum256([]byte(s.dir))
		s.socket = filepath.Join(runtimeDir(), fmt.Sprintf("tengdi-%d-%s", s.account.uid, hex.EncodeToString(sum[:8])))
		s.ownSock = true
	}
	if len(s.socket)+1+len(socketName) > socketPathMax() {
		return &Error{
			Kind: ErrFolder,
			zh:   fmt.Sprintf("%s 对 unix 套接字来说太长，请缩短 TMPDIR 或数据目录的路径", s.socket),
			en:   fmt.Sprintf("%s is too long for a unix socket; shorten TMPDIR or the path of the data folder", s.socket),
		}
	}
	return s.account.own(s.socket)
}

// runtimeDir is a folder for short-lived things with a short path.
func runtimeDir() string {
	if os.Geteuid() == 0 {
		if info, err := os.Stat("/run"); err == nil && info.IsDir() {
			return "/run"
		}
		return os.TempDir()
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return os.TempDir()
}

// hasProcFD tells whether a process can reach its open folders by path.
func hasProcFD() bool {
	_, err := os.Stat("/proc/self/fd")
	return runtime.GOOS == "linux" && err == nil
}
