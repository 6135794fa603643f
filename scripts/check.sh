#!/usr/bin/env bash
# What `make check` does: every check runs, then the failed ones are named.
# Arguments: the shell scripts to look at.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()
colors=()
[[ -t 1 ]] || colors=(--colors=off)

step() {
	local name=$1
	shift
	if ! "$@"; then
		failed+=("$name")
		echo "check: $name failed" >&2
	fi
}

format() {
	local wrong
	wrong=$(git ls-files -co --exclude-standard -- '*.go' | xargs -r go tool gofumpt -l) || return 1
	[[ -z $wrong ]] || {
		printf 'not formatted (make fmt):\n%s\n' "$wrong" >&2
		return 1
	}
}

vet() { go vet ./... && go vet -tags libreoffice ./web/sheet; }
lint() { go tool staticcheck ./...; }
imports() { go test -count=1 . >/dev/null || go test -count=1 .; }
scenarios() { go run ./scripts/scenarios; }
biome() { (cd web/app && npm run --silent lint -- "${colors[@]}"); }
types() { (cd web/app && npm run --silent check); }

# The generated files are those that change when they are generated.
generated() {
	local before after changed
	before=$(fingerprint) && make --no-print-directory generate && after=$(fingerprint) || return 1
	changed=$(diff <(printf '%s\n' "$before") <(printf '%s\n' "$after"))
	[[ -z $changed ]] || {
		printf 'generated files were out of date; they are written anew, commit them:\n%s\n' "$changed" >&2
		return 1
	}
}

fingerprint() {
	git ls-files -co --exclude-standard -z | sort -z | xargs -0 -r sh -c 'for f; do [ ! -f "$f" ] || sha256sum "$f"; done' sh
}

shell() {
	local script
	for script; do
		case $(head -n 1 "$script") in
		*bash) bash -n "$script" || return 1 ;;
		*) sh -n "$script" || return 1 ;;
		esac
	done
	if command -v shellcheck >/dev/null; then shellcheck "$@"; fi
}

step format format
step vet vet
step staticcheck lint
step 'import table' imports
step scenarios scenarios
step biome biome
step types types
step 'generated files' generated
step 'shell scripts' shell "$@"
if ((${#failed[@]})); then
	printf 'check: failed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
	exit 1
fi
