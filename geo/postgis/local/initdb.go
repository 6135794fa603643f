package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// superuser is the role that owns the cluster.
const superuser = "postgres"

// locale is the ICU locale of new databases: Chinese in simplified script
// sorts by pinyin (CLDR's default for zh).
const locale = "zh-Hans-CN"

// partialMark is part of the name of a cluster that is not complete yet.
const partialMark = ".partial-"

// initCluster makes a new cluster at s.data. It is built beside its place and
// moved there when complete, so a start that was killed half way leaves
// nothing that looks like a cluster.
func (s *site) initCluster(ctx context.Context, fast bool) error {
	remains, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, e := range remains {
		if !strings.HasPrefix(e.Name(), filepath.Base(s.data)+partialMark) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.dir, e.Name())); err != nil {
			return err
		}
	}
	// A new name each time: an initdb that outlived a killed tengdi must not write into ours.
	partial := s.data + partialMark + strings.ToLower(rand.Text()[:8])
	if err := s.account.own(partial); err != nil {
		return err
	}
	libc := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		libc = "en_US.UTF-8"
	}
	args := []string{
		"--username=" + superuser, "--encoding=UTF8", "--auth=trust",
		"--locale-provider=icu", "--icu-locale=" + locale, "--locale=" + libc,
		"--data-checksums", "--no-instructions",
	}
	if fast {
		args = append(args, "--no-sync")
	}
	arg, files, err := s.dataArg(partial)
	if err != nil {
		return err
	}
	defer closeAll(files)
	cmd := exec.CommandContext(ctx, s.install.program("initdb"), append(args, "--pgdata="+arg)...)
	s.prepare(cmd, files)
	dieWithParent(cmd.SysProcAttr, syscall.SIGKILL)
	runtime.LockOSThread() // the death signal follows the thread
	defer runtime.UnlockOSThread()
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), os.RemoveAll(partial))
		}
		return errors.Join(&Error{
			Kind: ErrStart, cause: err, Detail: strings.TrimSpace(string(out)),
			zh: "initdb 未能在 " + s.data + " 建立数据库集群",
			en: "initdb could not make a cluster at " + s.data,
		}, os.RemoveAll(partial))
	}
	for name, text := range map[string]string{"pg_hba.conf": hba, "postgresql.conf": conf} {
		if err := writeFile(filepath.Join(partial, name), s.account, text); err != nil {
			return err
		}
	}
	if err := writeConf(partial, s.account, nil); err != nil {
		return err
	}
	if err := os.Rename(partial, s.data); err != nil {
		return err
	}
	return syncDir(filepath.Dir(s.data))
}

// syncDir makes a rename in dir last through a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// checkEmpty refuses a folder that holds something which is not a cluster.
func checkEmpty(data string) error {
	entries, err := os.ReadDir(data)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return os.Remove(data)
	}
	return &Error{
		Kind: ErrFolder,
		zh:   fmt.Sprintf("%s 不是空目录，也不是 PostgreSQL 数据目录（没有 PG_VERSION）。请移走它，或用 --data 指定另一个目录", data),
		en:   fmt.Sprintf("%s is neither empty nor a PostgreSQL data folder (it has no PG_VERSION); move it away, or name another folder with --data", data),
	}
}
