#!/usr/bin/env bash
# Runs every test on one PostGIS cluster and ends with "N passed, N failed".
# `make test` calls it after setup and build. COUNTS names the file that
# collects the counts (bin/counts).
set -euo pipefail
cd "$(dirname "$0")/.."
counts=${COUNTS:-$PWD/bin/counts}

if [[ ${1-} != inside ]]; then
	mkdir -p bin
	rm -f "$counts"
	go build -o bin/tally ./scripts/tally
	go build -o bin/testcluster ./geo/postgis/pgtest/cluster
	go build -o bin/raced ./scripts/raced
	if [[ ${TENGDI_FIXTURES-} == none ]]; then
		echo "真实样例测试已略过 / fixture tests left out: TENGDI_FIXTURES is not set; set it to the folder of real files to run them"
	fi
	# inside reports its failures through the counts, and its own through the exit code.
	bin/testcluster "$0" inside || bad=1
	bin/tally sum "$counts" || bad=1
	exit "${bad:-0}"
fi

# The race detector slows code down several times and needs a C compiler: it
# watches the tests that do things at the same time, which scripts/raced finds, and
# all others run without it, as all do where there is no compiler. The store's own
# tests share a database, not memory, and run several times as long under it: web and
# cmd/tengdi drive the store from many goroutines under the detector.
mapfile -t folders < <(go list -f '{{if eq .ImportPath "tengdi/geo/postgis"}}calm:{{end}}{{.Dir}}' ./...)
bin/raced "${folders[@]}" >bin/raced.txt
{ read -r watched && read -ra watching; } <bin/raced.txt
bad=0
tally() { bin/tally run -to "$counts" "$@" || bad=1; }
go_tests() {
	if ! command -v "$(go env CC)" >/dev/null; then
		echo "未找到 C 编译器，不使用竞态检测 / no C compiler: the race detector is off"
		tally -kind go -name go -- go test -json -count=1 -timeout 30m ./...
		return
	fi
	tally -kind go -name go -- go test -json -count=1 -timeout 30m -skip "$watched" ./...
	# The detector is in C.
	tally -kind go -name go-race -- env CGO_ENABLED=1 go test -json -count=1 -timeout 30m -race -run "$watched" "${watching[@]}"
}
app_tests() {
	tally -kind node -name front-end -- npm --prefix web/app run --silent test
	tally -kind node -name browser -- npm --prefix web/app run --silent e2e
}
# One after the other: Chromium draws maps in software with all processors there are,
# and with the others beside it everything takes longer than both by turns.
go_tests
app_tests
exit "$bad"
