package files

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stall brings some bytes, says so, and then waits to be killed.
type stall struct{ told bool }

func (s *stall) Read(b []byte) (int, error) {
	if s.told {
		fmt.Println("half")
		time.Sleep(time.Minute)
	}
	s.told = true
	return copy(b, "half of it"), nil
}

// TestMain is also the program that is killed.
func TestMain(m *testing.M) {
	dir := os.Getenv("FILES_TEST_FOLDER")
	if dir == "" {
		os.Exit(m.Run())
	}
	f, err := Open(dir)
	if err != nil {
		panic(err)
	}
	if os.Getenv("FILES_TEST_HALF") != "" {
		_, err = f.Put(&stall{}, 1000)
		panic(err)
	}
	if _, err := f.Put(strings.NewReader("the whole"), 1000); err != nil {
		panic(err)
	}
	fmt.Println("whole")
	time.Sleep(time.Minute)
}

// A program that is killed while a file comes in, or before a row names it,
// leaves what is either whole or in nobody's way, and what a sweep takes after a
// day.
func TestKilled(t *testing.T) {
	f, dir := folder(t)
	for _, half := range []string{"", "1"} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "FILES_TEST_FOLDER="+dir, "FILES_TEST_HALF="+half)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
	}
	list := all(t, dir)
	if len(list) != 2 || !strings.HasPrefix(list[0], "coming/") || !strings.HasPrefix(list[1], "kept/") {
		t.Fatalf("files %v", list)
	}
	if whole, err := f.Check(filepath.Base(list[1])); err != nil || !whole {
		t.Errorf("what has its name is whole: %v, %v", whole, err)
	}
	nobody := func(string) (bool, error) { return false, nil }
	if n, err := f.Sweep(24*time.Hour, nobody); n != 0 || err != nil {
		t.Errorf("%d removed on the same day, %v", n, err)
	}
	for _, name := range list {
		at := time.Now().Add(-25 * time.Hour)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := f.Sweep(24*time.Hour, nobody); n != 2 || err != nil || all(t, dir) != nil {
		t.Errorf("%d removed after a day, %v, left: %v", n, err, all(t, dir))
	}
}
