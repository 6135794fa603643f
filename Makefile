# Tengdi. `make help` lists what there is to do; the sentences behind ## are the help.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -buildid= -X main.version=$(VERSION)
DATA     ?= data
ARGS     ?=
FUZZTIME ?= 30s
N        ?= 1000000
SMALL    ?= 26000

# Real files that tests read are not part of the project (geo/exchange/fixture).
# Where CI demands them a missing folder fails the tests; elsewhere it is said.
ifndef TENGDI_FIXTURES
ifneq ($(wildcard $(abspath ../shared/fixtures)),)
TENGDI_FIXTURES := $(abspath ../shared/fixtures)
else ifneq ($(CI),true)
TENGDI_FIXTURES := none
endif
endif
export TENGDI_FIXTURES

APP     := web/app
APP_SRC := $(shell find $(APP) -type f -not -path '*/node_modules/*' -not -path '*/.out/*' -not -path '*/test/*' \
             -not -path '*/e2e/*' -not -path '*/test-results/*' 2>/dev/null | grep -v ' ')
MODULES := $(APP)/node_modules/.package-lock.json
DIST    := web/dist/index.html
SCRIPTS := scripts/setup.sh scripts/test.sh scripts/bench.sh scripts/check.sh scripts/release.sh .ci/run

.PHONY: help setup build run test check check-xlsx golden fuzz bench bench-ui bench-load bench-tiles shots fmt generate release clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what is missing to run (PostgreSQL with PostGIS); SETUP=no only says what is missing
	@$(if $(findstring --database-url,$(ARGS)),TENGDI_DATABASE_URL=given) scripts/setup.sh run

build: $(DIST) ## Build the front end and bin/tengdi
	@CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/tengdi ./cmd/tengdi

$(MODULES): $(APP)/package-lock.json $(APP)/package.json
	@echo "前端依赖 / front-end packages: npm ci"
	@cd $(APP) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): $(MODULES) $(APP_SRC)
	@echo "构建前端 / building the front end"
	@cd $(APP) && npm run --silent build
	@touch $@

run: setup build ## Start Tengdi with the demo district; its address is printed (DATA=folder, ARGS="more flags")
	@exec bin/tengdi serve --demo --data '$(DATA)' $(ARGS)

test: ## Run every test: Go with PostGIS, front end, browser (installs Chromium and Chinese fonts when missing)
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	@scripts/test.sh

check: $(MODULES) ## Formats, vet, lint, types, import table, scenarios, generated files, shell syntax
	@scripts/check.sh $(SCRIPTS)

check-xlsx: ## Open the board's workbooks in LibreOffice and compare every cell (needs soffice; WORKBOOK=file opens one more)
	@command -v soffice >/dev/null || { echo "缺少 LibreOffice / soffice is missing: sudo apt-get install --no-install-recommends libreoffice-calc-nogui"; exit 1; }
	@go test -tags libreoffice -count=1 -v -run LibreOffice ./web/sheet $(if $(WORKBOOK),-args -workbook '$(abspath $(WORKBOOK))')

golden: ## Accept the current output as the golden files of tests that have some
	@go build -o bin/testcluster ./geo/postgis/pgtest/cluster
	@packages=$$({ git grep -lE 'flag\.Bool\("update"' -- '*_test.go' || true; } | xargs -r -n1 dirname | sort -u | sed 's|^|./|'); \
	if [ -z "$$packages" ]; then echo "no test has golden files"; else bin/testcluster go test -count=1 $$packages -update; fi

fuzz: ## Fuzz each target for FUZZTIME (30s)
	@{ git grep -oE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' || true; } | sed -E 's/^(.*):func (.*)$$/\1 \2/' | while read -r file name; do \
		echo "== $$name in $$(dirname "$$file")"; \
		go test -run '^$$' -fuzz "^$$name\$$" -fuzztime '$(FUZZTIME)' -fuzzminimizetime 10x "./$$(dirname "$$file")"; \
	done

bench: build ## Measure tiles, import, start and live updates
	@scripts/bench.sh

bench-tiles: build ## Compare tiles of N (1000000) and SMALL (26000) parcels with ST_AsMVT, measure start and live tiles, write docs/benchmarks.md (ARGS="-url name=http://…")
	@go build -trimpath -o bin/tilebench ./cmd/bench/tilebench
	@go build -trimpath -o bin/servebench ./cmd/bench/servebench
	@bin/tilebench -n '$(SMALL)' -tiles 16 -budget 4s -polygons 200000 -write docs/benchmarks.md -section small
	@bin/tilebench -n '$(N)' -write docs/benchmarks.md -section large $(ARGS)
	@bin/servebench -n '$(N)' -write docs/benchmarks.md -section large

bench-ui: build ## Time the first visit of each face over a slow line (1 Mbit/s, 150 ms) and write docs/benchmarks.md
	@cd $(APP) && npm run --silent bench-ui

bench-load: build ## Status changes, open streams and tile reads at once (ARGS="-minutes 10 -servers 2")
	@go build -o bin/load ./cmd/bench/load
	@bin/load $(ARGS)

shots: build ## Take every screen (tmp/shots), and the screenshots of the README and of the imported sets
	@cd $(APP) && npm run shots

fmt: $(MODULES) ## Format Go and TypeScript
	@git ls-files -co --exclude-standard -- '*.go' | xargs -r go tool gofumpt -w
	@cd $(APP) && npm run --silent fmt

generate: ## Write the generated files anew
	@go generate ./...

release: ## Build reproducible archives for linux/amd64 and linux/arm64 into release/
	@$(MAKE) --no-print-directory build
	@scripts/release.sh '$(VERSION)' '$(LDFLAGS)'

clean: ## Remove what was built (the data folder stays)
	@rm -rf bin release $(APP)/node_modules $(APP)/.out $(APP)/test-results tmp
	@find web/dist -mindepth 1 -not -name placeholder.html -delete 2>/dev/null || true
