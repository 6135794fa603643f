#!/usr/bin/env bash
# Builds release/tengdi-VERSION-linux-ARCH.tar.gz and release/SHA256SUMS. The
# same commit gives the same bytes: paths, times, owners and order are fixed.
# Arguments: version, linker flags.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1 ldflags=$2
when=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
rm -rf release
for arch in amd64 arm64; do
	name=tengdi-$version-linux-$arch
	mkdir -p "release/$name"
	CGO_ENABLED=0 GOOS=linux GOARCH=$arch go build -trimpath -ldflags "$ldflags" -o "release/$name/tengdi" ./cmd/tengdi
	for file in README.md CHANGELOG.md LICENSE SECURITY.md; do
		install -m 644 "$file" "release/$name/$file"
	done
	chmod 755 "release/$name" "release/$name/tengdi"
	tar --create --directory release --sort=name --mtime="@$when" --owner=0 --group=0 --numeric-owner \
		--format=ustar "$name" | gzip -n -9 >"release/$name.tar.gz"
	rm -r "release/$name"
done
(cd release && sha256sum -- *.tar.gz >SHA256SUMS && cat SHA256SUMS)
