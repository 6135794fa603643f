//go:build !linux

package local

import (
	"context"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent does nothing: only Linux can tie a child to its parent. The
// next Start finds a server that was left over and stops it.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// alive tells whether pid is a process that still runs; a zombie does not.
func alive(pid int) bool {
	state, err := output(context.Background(), "ps", "-o", "state=", "-p", strconv.Itoa(pid))
	return err == nil && state != "" && !strings.HasPrefix(state, "Z")
}

// serves tells whether pid is a postmaster of the data folder, by its command
// line, which names the folder.
func serves(pid int, data os.FileInfo) bool {
	if !alive(pid) {
		return false
	}
	command, err := output(context.Background(), "ps", "-o", "command=", "-p", strconv.Itoa(pid))
	if err != nil || !strings.Contains(command, "postgres") {
		return false
	}
	for _, word := range strings.Fields(command) {
		if info, err := os.Stat(word); err == nil && os.SameFile(info, data) {
			return true
		}
	}
	return false
}

// tellsServers: the system does not list who works in a folder.
const tellsServers = false

// servers cannot be told without /proc; PostgreSQL's own check of its shared
// memory, and the retries in launch, stand in for it.
func servers(os.FileInfo) []int { return nil }

// memory is not asked for outside Linux: 0, the smallest settings.
func memory() int64 { return 0 }
