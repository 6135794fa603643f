// Command raced says which tests the race detector has to watch: those that do
// things at the same time. It prints two lines, the pattern of their names and the
// packages that hold them:
//
//	go run ./scripts/raced [package folder...]
//
// A test is watched when it starts a goroutine itself or through a function of its
// package's tests, or when its file x_test.go stands beside an x.go that shares
// memory: one that starts goroutines, locks, counts atomically or waits on channels.
// A comment above a function of a test says otherwise, with the reason:
//
//	//raced:calm one question after the other
//	//raced:watch a reader beside a writer, both in the server
//
// A folder given as calm:folder is of tests that share no memory: none is watched on
// its own account.
//
// calm above a helper says that tests are not watched on its account. Who runs the
// rest without the detector leaves exactly the pattern out, in every package, so
// that no test is lost and none runs twice.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	pattern, packages, err := raced(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "raced:", err)
		os.Exit(1)
	}
	fmt.Printf("%s\n%s\n", pattern, strings.Join(packages, " "))
}
