#!/bin/sh
# Sees to it that this machine can run (setup.sh run) or also test (setup.sh
# test) Tengdi. Silent when nothing is missing. SETUP=no changes nothing and
# says what is missing. Exit code 0: everything is there.
set -eu

mode=${1:-run}
case $mode in run | test) ;; *)
	echo "usage: scripts/setup.sh run|test" >&2
	exit 2
	;;
esac
root=$(cd "$(dirname "$0")/.." && pwd)
setup=${SETUP:-yes}
faults=0

say() { printf '%s\n' "$*" >&2; }
fault() {
	say "$*"
	faults=$((faults + 1))
}

# at_least HAVE WANT: version numbers by their parts.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

check_go() {
	want=$(sed -n 's/^go //p' "$root/go.mod")
	if ! command -v go >/dev/null 2>&1; then
		fault "缺少 Go / Go is missing: install Go $want or newer (go.dev/dl); distributions' packages are often too old."
		return
	fi
	have=$(cd / && go env GOVERSION | sed 's/^go//')
	chain=$(cd / && go env GOTOOLCHAIN)
	if at_least "$have" "$want"; then return; fi
	# From 1.21 on, go fetches the version that go.mod names, unless told to stay local.
	if at_least "$have" 1.21 && [ "${chain#local}" = "$chain" ]; then return; fi
	fault "Go 版本过旧 / Go is too old: $have is here, $want or newer is needed (go.dev/dl)."
}

check_node() {
	if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
		fault "缺少 Node.js / Node.js is missing: install Node 20 or newer with npm (nodejs.org)."
		return
	fi
	have=$(node -p 'process.versions.node')
	if ! at_least "$have" 20; then
		fault "Node.js 版本过旧 / Node.js is too old: $have is here, 20 or newer is needed (nodejs.org)."
	fi
}

# has_postgis: PostgreSQL 15 or newer with PostGIS, where tengdi looks for it.
has_postgis() {
	for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
		/usr/local/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
		[ -x "$bin/postgres" ] && usable "$bin" && return 0
	done
	bin=$(command -v postgres 2>/dev/null) && usable "$(dirname "$bin")" && return 0
	bin=$(pg_config --bindir 2>/dev/null) && [ -x "$bin/postgres" ] && usable "$bin"
}

usable() {
	major=$("$1/postgres" --version | sed -n 's/^.*(PostgreSQL) \([0-9]*\).*$/\1/p')
	[ "${major:-0}" -ge 15 ] || return 1
	share=$("$1/pg_config" --sharedir 2>/dev/null) || share=
	for dir in "/usr/share/postgresql/$major" "$1/../share" "$1/../share/postgresql" "$1/../share/postgresql@$major" "$share"; do
		[ -n "$dir" ] && [ -e "$dir/extension/postgis.control" ] && return 0
	done
	return 1
}

has_chromium() {
	[ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return 0
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" >/dev/null 2>&1 && return 0
	done
	[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

has_chinese_font() {
	[ "$(uname)" = Darwin ] && return 0
	if command -v fc-list >/dev/null 2>&1; then
		[ -n "$(fc-list :lang=zh-cn file 2>/dev/null | head -n 1)" ]
	else
		[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]
	fi
}

# as_root COMMAND...: with sudo only if we are not root.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo -- "$@"
	else
		say "需要 root 权限，但没有 sudo。请以 root 执行 / this needs root and there is no sudo; run as root: $*"
		return 1
	fi
}

system_name() {
	if [ -r /etc/os-release ]; then
		(. /etc/os-release && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-}")
	else
		uname -s
	fi
}

# manual PACKAGES: what to do where we do not install by ourselves.
manual() {
	say "缺少 / missing:$1."
	case $system in
	debian\ * | ubuntu\ *) say "  sudo apt-get install$1" ;;
	Darwin*) say "  brew install postgresql@17 postgis; brew install --cask google-chrome (only for make test)" ;;
	*) say "  Install PostgreSQL 15 or newer with its PostGIS package (for make test also Chromium and a Chinese font) with your system's package manager." ;;
	esac
	case "$1" in *postgis*)
		say "  或使用已有的 PostGIS 数据库 / or use a PostGIS server that runs already: bin/tengdi serve --database-url postgres://..."
		;;
	esac
}

# install PACKAGES...: from the distribution, without recommended packages.
install() {
	say "setup: 将从发行版安装 / going to install from the distribution: $*"
	[ "$(id -u)" = 0 ] || ! command -v sudo >/dev/null 2>&1 || say "setup: 需要管理员权限，因此使用 sudo / that needs root, hence sudo. SETUP=no leaves the system alone."
	# A line that breaks off is tried again, and another installation waited for.
	apt='apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300'
	# shellcheck disable=SC2086 # a command and its options
	as_root env DEBIAN_FRONTEND=noninteractive $apt update
	# Tengdi keeps its data in a cluster of its own. The distribution's default
	# cluster, which the server package would make and start, is held back for
	# the time of this installation only; clusters that exist are not touched.
	hold=/etc/postgresql-common/createcluster.d/zz-tengdi-setup.conf
	case " $* " in *postgis*)
		say "setup: 不会创建或启动发行版自带的数据库集群 / the distribution's own default cluster is neither made nor started."
		as_root mkdir -p "$(dirname "$hold")"
		# The value has to reach the file through sudo, which a redirection would not.
		printf '# Only while tengdi installs PostgreSQL.\ncreate_main_cluster = false\n' | as_root tee "$hold" >/dev/null
		trap 'as_root rm -f "$hold"' EXIT
		;;
	esac
	# shellcheck disable=SC2086 # a command and its options
	as_root env DEBIAN_FRONTEND=noninteractive $apt install -y --no-install-recommends "$@" >&2
}

system=$(system_name)
wanted=
if [ -z "${TENGDI_DATABASE_URL:-}" ] || [ "$mode" = test ]; then
	if [ "$mode" = test ] && [ -n "${TENGDI_TEST_CLUSTER:-}" ]; then :; elif ! has_postgis; then
		wanted="$wanted postgresql postgresql-postgis"
	fi
fi
if [ "$mode" = test ]; then
	has_chromium || case $system in
	ubuntu\ *) wanted="$wanted chromium-browser" ;;
	*) wanted="$wanted chromium" ;;
	esac
	has_chinese_font || wanted="$wanted fonts-noto-cjk"
fi

if [ -n "$wanted" ]; then
	case "$setup/$system" in
	no/*)
		manual "$wanted"
		faults=$((faults + 1))
		;;
	*/debian\ 12* | */debian\ 13* | */ubuntu\ 24.04*)
		# shellcheck disable=SC2086 # a list of package names
		install $wanted
		has_postgis || [ -n "${TENGDI_DATABASE_URL:-}" ] || fault "安装后仍未找到 PostGIS / PostGIS is still missing after the installation."
		if [ "$mode" = test ]; then
			has_chromium || fault "安装后仍未找到 Chromium / Chromium is still missing after the installation; set CHROMIUM to a browser's path."
		fi
		;;
	*)
		say "setup: 不认识这个系统，不作改动 / this system ($system) is not one that setup knows; nothing was changed."
		manual "$wanted"
		faults=$((faults + 1))
		;;
	esac
fi
check_go
check_node
[ "$faults" = 0 ] || exit 1
