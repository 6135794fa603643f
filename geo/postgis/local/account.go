package local

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is who the cluster runs as. PostgreSQL refuses to run as root, so a
// root process hands it to an unprivileged account; anyone else runs it as
// themselves, and cred is nil.
type account struct {
	name string
	uid  int
	gid  int
	cred *syscall.Credential
}

// pickAccount chooses the account: our own when we are not root, else the
// owner of the existing data folder, else postgres, else tengdi. The shared
// account nobody is not used: other services run as it, and they would own
// the data.
func pickAccount(data string) (account, error) {
	uid := os.Geteuid()
	if uid != 0 {
		return account{name: strconv.Itoa(uid), uid: uid, gid: os.Getegid()}, nil
	}
	if info, err := os.Stat(data); err == nil {
		st, ok := info.Sys().(*syscall.Stat_t)
		if ok && st.Uid != 0 {
			return unprivileged(strconv.Itoa(int(st.Uid)), int(st.Uid), int(st.Gid)), nil
		}
	}
	for _, name := range []string{"postgres", "tengdi"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		id, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && id != 0 {
			return unprivileged(name, id, gid), nil
		}
	}
	return account{}, &Error{
		Kind: ErrAccount,
		zh:   "PostgreSQL 不能以 root 运行，本机也没有 postgres 或 tengdi 账户。请执行 useradd --system tengdi，或以普通用户启动",
		en:   "PostgreSQL does not run as root, and there is no account postgres or tengdi; run useradd --system tengdi, or start as an ordinary user",
	}
}

func unprivileged(name string, uid, gid int) account {
	return account{
		name: name, uid: uid, gid: gid,
		cred: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
	}
}

// own makes a private folder of the account: mode 0700, made when missing. A
// symbolic link, or a folder of somebody else, is refused: whoever owns the
// folder of the socket could stand in for the database.
func (a account) own(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil && a.cred != nil {
		if err := os.Chown(dir, a.uid, a.gid); err != nil {
			return err
		}
	}
	if err != nil && !os.IsExist(err) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(st.Uid) != a.uid {
		return &Error{
			Kind: ErrFolder,
			zh:   fmt.Sprintf("%s 必须是账户 %s 所有的目录", dir, a.name),
			en:   fmt.Sprintf("%s must be a folder owned by the account %s", dir, a.name),
		}
	}
	if info.Mode().Perm() != 0o700 {
		return os.Chmod(dir, 0o700)
	}
	return nil
}
