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
	if [[ ${TENGDI_FIXTURES-} == none ]]; then
		echo "真实样例测试已略过 / fixture tests left out: TENGDI_FIXTURES is not set; set it to the folder of real files to run them"
	fi
	# inside reports its failures through the counts, and its own through the exit code.
	bin/testcluster "$0" inside || bad=1
	bin/tally sum "$counts" || bad=1
	exit "${bad:-0}"
fi

# The race detector slows code down several times and needs a C compiler: it
# watches the packages in which goroutines share memory. The store's own tests
# share a database, not memory, and run twice as long under it; web and
# cmd/tengdi drive the store from many goroutines under the detector.
raced='^tengdi/(tiles|web|geo/postgis/local|geo/postgis/pgtest|cmd/tengdi)$'
mapfile -t all < <(go list ./...)
mapfile -t watched < <(printf '%s\n' "${all[@]}" | grep -E "$raced")
mapfile -t plain < <(printf '%s\n' "${all[@]}" | grep -vE "$raced")
race=()
if [[ $(go env CGO_ENABLED) == 1 ]] && command -v "$(go env CC)" >/dev/null; then
	race=(-race)
else
	echo "未找到 C 编译器，不使用竞态检测 / no C compiler: the race detector is off"
fi
# These tests ask, one question after the other, whether an answer is right: the
# mathematics of tiles, and thousands of requests to every route. They take most of
# their packages' time and several times as long under the detector, so they run
# without it; what is done at once (loads, changes, reads, merges, caches, moves,
# sign-ons) the packages' other tests do under it. Each name is one test, in ./tiles
# or ./web: else the two runs would leave a test out or count one twice.
calm=(
	TestApplyEqualsLoad TestBatchesOfCellsAddUp TestComparisonRefuses TestDamagedFilesAreRefused
	TestMosaicApplyEqualsLoad TestMosaicEqualsSQL TestNeighboursAgreeInTheBuffer TestPiecesEqualBuilding
	TestSimplifiedParcelsAreValid TestStartIsKeptAtOnce TestStartPutsChunksOff TestStraysAreFound TestTileIsItsFour TestTilesEqualPostGIS
	TestTilesStayWithinTheBudget TestWildShapesAreValid
	TestAfterValueIsNoCode TestEveryRouteHasAnAccessRow TestNothingHiddenIsTold TestNothingIsTakenForCode
	TestSortedItems TestTableOfCoordinates TestTwinsAnswerAlike TestUnkeyedHeadersChangeNothing
)
for name in "${calm[@]}"; do
	where=$(grep -rlE --include='*_test.go' "^func $name\(" . --exclude-dir=node_modules) || true
	if [[ ($where != ./tiles/*_test.go && $where != ./web/*_test.go) || ${where#./*/} == */* || $where == *$'\n'* ]]; then
		echo "scripts/test.sh: $name is not one test of ./tiles or ./web: ${where:-nowhere}"
		exit 1
	fi
done
one_by_one=$(IFS='|' && echo "^(${calm[*]})\$")
bad=0
tally() { bin/tally run -to "$counts" "$@" || bad=1; }
bin/tally run -to "$counts" -kind go -name go-calm -- go test -json -count=1 -timeout 20m -run "$one_by_one" ./tiles ./web &
calm_run=$!
tally -kind go -name go -- go test -json -count=1 -timeout 20m "${plain[@]}"
wait "$calm_run" || bad=1
tally -kind go -name "go${race[*]}" -- go test -json -count=1 -timeout 20m "${race[@]}" -skip "$one_by_one" "${watched[@]}"
cd web/app
bin=../../bin
tally() { "$bin/tally" run -to "$counts" "$@" || bad=1; }
tally -kind node -name front-end -- npm run --silent test
tally -kind node -name browser -- npm run --silent e2e
exit "$bad"
