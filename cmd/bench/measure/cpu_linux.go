package measure

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// CPU is the processor time that a process has used so far, all its threads
// together, to the nanosecond (clock_getcpuclockid(3)).
func CPU(pid int) (time.Duration, error) {
	clock := int32(^pid<<3 | 2) // CPUCLOCK_SCHED of the process
	var at syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&at)), 0); errno != 0 {
		return 0, fmt.Errorf("CPU time of process %d: %w", pid, errno)
	}
	return time.Duration(at.Nano()), nil
}

// FamilyCPU is the processor time of a process's children, those that have ended
// and been waited for included: for a postmaster, the CPU time of PostgreSQL.
func FamilyCPU(parent int) (time.Duration, error) {
	stat, err := statOf(parent)
	if err != nil {
		return 0, err
	}
	// cutime and cstime, in ticks of which Linux shows 100 a second to everybody.
	const tick = time.Second / 100
	sum := time.Duration(stat.endedChildren) * tick
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			return 0, err
		}
		child, err := statOf(pid)
		if err != nil || child.parent != parent {
			continue // ended meanwhile, or another's
		}
		if used, err := CPU(pid); err == nil {
			sum += used
		}
	}
	return sum, nil
}

// Parent is the process that started another.
func Parent(pid int) (int, error) {
	stat, err := statOf(pid)
	return stat.parent, err
}

type stat struct {
	parent        int
	endedChildren int64 // ticks
}

// statOf reads /proc/pid/stat; the fields are counted after the program's name,
// which may hold anything (proc_pid_stat(5)).
func statOf(pid int) (stat, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	text := string(raw)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 15 {
		return stat{}, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	parent, err := strconv.Atoi(fields[1])
	if err != nil {
		return stat{}, err
	}
	user, err := strconv.ParseInt(fields[13], 10, 64)
	if err != nil {
		return stat{}, err
	}
	system, err := strconv.ParseInt(fields[14], 10, 64)
	return stat{parent, user + system}, err
}

// Resident is the memory of a process that is in RAM, in bytes.
func Resident(pid int) (int64, error) {
	kb, err := kilobytes(fmt.Sprintf("/proc/%d/status", pid), "VmRSS:")
	return kb << 10, err
}

// kilobytes reads a line "Name:  123 kB".
func kilobytes(file, name string) (int64, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		}
	}
	return 0, fmt.Errorf("%s has no %s", file, name)
}

// Machine describes the processor and the memory.
func Machine() string {
	model := "unknown processor"
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(raw)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	memory := ""
	if kb, err := kilobytes("/proc/meminfo", "MemTotal:"); err == nil {
		memory = fmt.Sprintf(", %.0f GB", float64(kb)/(1<<20))
	}
	return model + memory
}
