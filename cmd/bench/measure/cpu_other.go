//go:build !linux

package measure

import (
	"errors"
	"time"
)

var errElsewhere = errors.New("the CPU time and memory of other processes are measured on Linux only")

// CPU is measured on Linux only.
func CPU(int) (time.Duration, error) { return 0, errElsewhere }

// FamilyCPU is measured on Linux only.
func FamilyCPU(int) (time.Duration, error) { return 0, errElsewhere }

// Parent is known on Linux only.
func Parent(int) (int, error) { return 0, errElsewhere }

// Resident is measured on Linux only.
func Resident(int) (int64, error) { return 0, errElsewhere }

// Machine describes the processor and the memory on Linux only.
func Machine() string { return "unknown processor" }
