#!/usr/bin/env bash
# Measures what the project promises; numbers go to standard output.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p bin
go build -o bin/testcluster ./geo/postgis/pgtest/cluster
mapfile -t packages < <({ git grep -lE '^func Benchmark' -- '*_test.go' || true; } | xargs -r -n1 dirname | sort -u | sed 's|^|./|')
if ((${#packages[@]})); then
	bin/testcluster go test -run '^$' -bench . -benchmem "${packages[@]}"
fi
if [[ -d cmd/bench ]]; then
	go build -o bin/bench ./cmd/bench
	bin/bench -binary bin/tengdi "$@"
fi
(cd web/app && npm run --silent bench)
