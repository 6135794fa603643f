//go:build linux

package measure

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// work keeps a processor busy for about d of its own time.
func work(t *testing.T, d time.Duration) {
	t.Helper()
	begun, err := CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for x := 1.0; ; {
		for range 100_000 {
			x = x*1.0000001 + 1
		}
		if now, err := CPU(os.Getpid()); err != nil || now-begun >= d || x < 0 {
			return
		}
	}
}

func TestCPUOfAnotherProcess(t *testing.T) {
	if os.Getenv("MEASURE_WORK") != "" {
		work(t, 200*time.Millisecond)
		return
	}
	before, err := FamilyCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestCPUOfAnotherProcess$")
	child.Env = append(os.Environ(), "MEASURE_WORK=1")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	parent, err := Parent(child.Process.Pid)
	if err != nil || parent != os.Getpid() {
		t.Errorf("the child's parent is %d, want %d: %v", parent, os.Getpid(), err)
	}
	if rss, err := Resident(child.Process.Pid); err != nil || rss < 1<<10 {
		t.Errorf("%d bytes in RAM: %v", rss, err)
	}
	if _, err := CPU(child.Process.Pid); err != nil {
		t.Error(err)
	}
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	after, err := FamilyCPU(os.Getpid())
	if err != nil || after-before < 150*time.Millisecond {
		t.Errorf("a child that worked for 200 ms shows as %v: %v", after-before, err)
	}
}
