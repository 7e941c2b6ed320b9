# What a developer and the checks run. Go and GNU make are enough for build and
# test; what else a target needs is built by tools/install into .tools/, at a
# pinned version, and kept there.

BINARY := beyondtrust_exporter

# The version that the binary tells. A commit with a tag v1.2.3 is 1.2.3. The
# build date is the commit's, so that the same commit gives the same binary.
# Where there is no git, as in an unpacked archive, hand them in:
# make build VERSION=1.2.3 REVISION=...
VERSION    = $(or $(patsubst v%,%,$(shell git describe --tags --match 'v*' --dirty 2>/dev/null)),0.0.0-dev)
REVISION   = $(or $(shell git rev-parse --verify HEAD 2>/dev/null),unknown)
BRANCH     = $(or $(shell git symbolic-ref --short HEAD 2>/dev/null),unknown)
BUILD_DATE = $(shell TZ=UTC0 git log -1 --format=%cd --date=format-local:%Y%m%d-%H:%M:%S 2>/dev/null)

VERSION_PACKAGE := github.com/prometheus/common/version
LDFLAGS = -s -w \
	-X $(VERSION_PACKAGE).Version=$(VERSION) \
	-X $(VERSION_PACKAGE).Revision=$(REVISION) \
	-X $(VERSION_PACKAGE).Branch=$(BRANCH) \
	-X $(VERSION_PACKAGE).BuildDate=$(BUILD_DATE)

# More flags for go test in test, race and bench: make test TESTFLAGS='-run TestX -v'.
TESTFLAGS ?=
FUZZTIME  ?= 10s
BENCH     ?= .
BENCHTIME ?= 1s
# Where the exporter runs besides the machine it is built on.
PLATFORMS ?= linux/arm64 windows/amd64 darwin/arm64

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: build
build: ## build the static binary ./beyondtrust_exporter
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $(BINARY) .

.PHONY: test
test: ## run all tests, the end-to-end tests with a real Prometheus included
	tools/install prometheus promtool
	go test $(TESTFLAGS) ./...

# Left out are the tests that drive processes, which the race detector does not
# see into: end to end, the rules and the dashboards.
.PHONY: race
race: ## run the tests that drive no processes under the race detector (needs a C compiler)
	packages=$$(go list ./...) && \
		CGO_ENABLED=1 go test -race -shuffle=on $(TESTFLAGS) $$(echo "$$packages" | grep -Ev '/(e2e|deploy/prometheus|grafana)$$')

.PHONY: vet
vet: ## run go vet
	go vet ./...

.PHONY: fmt-check
fmt-check: ## fail where a file is not as gofmt -s writes it
	@unformatted=$$(gofmt -s -l .) && if [ -n "$$unformatted" ]; then \
		echo "not formatted, run gofmt -s -w on:" >&2; echo "$$unformatted" >&2; exit 1; \
	fi

.PHONY: lint
lint: vet ## run go vet, staticcheck and golangci-lint
	tools/install staticcheck golangci-lint
	.tools/staticcheck ./...
	.tools/golangci-lint run ./...

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (10s), one after the other
	tools/fuzz $(FUZZTIME)

.PHONY: bench
bench: ## run the benchmarks that match BENCH (all) for BENCHTIME (1s) each
	go test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) $(TESTFLAGS) ./...

.PHONY: cross
cross: ## build and vet for the other PLATFORMS (linux/arm64 windows/amd64 darwin/arm64)
	@set -e; for platform in $(PLATFORMS); do \
		echo "build and vet for $$platform"; \
		export CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
		go build -buildvcs=false ./...; \
		go vet ./...; \
	done

.PHONY: mod-check
mod-check: ## fail where go.mod and go.sum are not what the code needs, or a module was changed
	go mod verify
	go mod tidy -diff

.PHONY: tools
tools: ## build all development tools into .tools/
	tools/install prometheus promtool staticcheck golangci-lint

.PHONY: clean
clean: ## remove what build and profiling leave behind; .tools/ stays
	rm -rf $(BINARY) $(BINARY).exe dist
	find . -path ./.tools -prune -o \( -name '*.test' -o -name '*.prof' -o -name '*.out' \) -type f -exec rm -f {} +
