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
SOAK      ?= 10m
SEED      ?=
BENCH     ?=
BENCHTIME ?=
# What builds the image: docker, podman or buildah.
ENGINE ?= docker
IMAGE  := ghcr.io/beyondtrust-exporter/beyondtrust_exporter
# Where the exporter runs besides the machine it is built on.
PLATFORMS ?= linux/arm64 windows/amd64 darwin/arm64

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: build
build: ## build the static binary ./beyondtrust_exporter
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $(BINARY) .

.PHONY: test
test: ## run all tests, the end-to-end tests with a real Prometheus included
	tools/install prometheus promtool
	go test $(TESTFLAGS) ./...

# Left out are the tests that drive processes, which the race detector does not
# see into: end to end, the rules, the dashboards and the set-up for Docker Compose.
.PHONY: race
race: ## run the tests that drive no processes under the race detector (needs a C compiler)
	packages=$$(go list ./...) && \
		CGO_ENABLED=1 go test -race -shuffle=on $(TESTFLAGS) $$(echo "$$packages" | grep -Ev '/(e2e|deploy/prometheus|deploy/compose|grafana|internal/prometheustest)$$')

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

.PHONY: fuzz-corpus
fuzz-corpus: ## keep, in testdata/fuzz, what fuzzing found that reaches more than before
	tools/fuzz-corpus

.PHONY: bench
bench: ## measure all and write docs/performance.md; with BENCH or BENCHTIME (1x) only run those benchmarks
ifeq ($(BENCH)$(BENCHTIME),)
	go run ./tools/performance
else
	go test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem -benchtime $(or $(BENCHTIME),1s) $(TESTFLAGS) ./...
	cd tools/decoders && go test -bench '$(or $(BENCH),.)' -benchtime $(or $(BENCHTIME),1s) $(TESTFLAGS) .
endif

.PHONY: soak
soak: ## let random troubles come for SOAK (10m), drawn from SEED (the time): docs/reliability.md
	seed="$(SEED)"; go test -run '^TestSoak$$' -count=1 -timeout 0 -v $(TESTFLAGS) ./e2e -soak $(SOAK) -seed "$${seed:-$$(date +%s)}"

.PHONY: soak-race
soak-race: ## the same with the exporter under the race detector (needs a C compiler)
	directory=$$(mktemp -d) && trap 'rm -rf "$$directory"' EXIT && \
		CGO_ENABLED=1 go build -race -buildvcs=false -o "$$directory/exporter" . && \
		BEYONDTRUST_EXPORTER_BINARY="$$directory/exporter" $(MAKE) soak

.PHONY: cross
cross: ## build and vet for the other PLATFORMS (linux/arm64 windows/amd64 darwin/arm64)
	@set -e; for platform in $(PLATFORMS); do \
		echo "build and vet for $$platform"; \
		export CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
		go build -buildvcs=false ./...; \
		go vet ./...; \
	done

.PHONY: image
image: ## build the container image with ENGINE (docker), for this machine
	$(ENGINE) build --build-arg VERSION='$(VERSION)' --build-arg REVISION='$(REVISION)' --build-arg BRANCH='$(BRANCH)' \
		--build-arg BUILD_DATE='$(BUILD_DATE)' --tag '$(IMAGE):$(VERSION)' .

.PHONY: image-check
image-check: ## lint, build, inspect and run the image, with no engine (needs root, buildah, podman, runc, jq and curl)
	go -C tools/dockerfile-lint vet .
	go -C tools/dockerfile-lint build -buildvcs=false -o ../../.tools/dockerfile-lint .
	.tools/dockerfile-lint Dockerfile
	deploy/image/check

.PHONY: compose-check
compose-check: ## check the set-up for Docker Compose with Docker Compose
	tools/install docker-compose
	deploy/compose/check

.PHONY: notices
notices: ## write THIRD_PARTY_NOTICES, the licences of what is in the binary, which go with it
	go run ./tools/dependencies -notices THIRD_PARTY_NOTICES

.PHONY: mod-check
mod-check: ## fail where go.mod and go.sum are not what the code needs, or a module was changed
	go mod verify
	go mod tidy -diff

.PHONY: systemd-check
systemd-check: build ## run the systemd units under a systemd of their own, against the simulated appliance (needs root)
	deploy/systemd/check $(BINARY)

.PHONY: release-check
release-check: ## rehearse a release of the working tree: build it twice, compare, try it; publishes nothing (needs root)
	deploy/release/check

.PHONY: workflows-check
workflows-check: ## check the GitHub workflows with actionlint
	tools/install actionlint
	.tools/actionlint

.PHONY: vuln
vuln: ## look for known vulnerabilities in what the binary calls (needs https://vuln.go.dev)
	tools/install govulncheck
	.tools/govulncheck ./...

# The chart's rules and dashboards are links to where they live; a package has them as files.
.PHONY: chart
chart: ## package the Helm chart into dist/
	tools/install helm
	.tools/helm package deploy/helm/beyondtrust-exporter --destination dist

.PHONY: chart-docs
chart-docs: ## write the chart's README.md from its values
	tools/install helm-docs
	.tools/helm-docs --chart-search-root deploy/helm

.PHONY: helm-check
helm-check: ## check the Helm chart: lint, schema, documents, suites, rules, package, with Helm 4 and 3
	tools/install helm helm3 helm-unittest helm-docs promtool
	go vet -tags helm ./deploy/helm
	go test -tags helm -count=1 -run TestChart ./deploy/helm

.PHONY: kubernetes-check
kubernetes-check: ## try the chart on a genuine API server and prometheus-operator, and run its pods by hand (needs etcd and root)
	tools/install helm helm3 kube-apiserver kubectl kubeconform controller-gen prometheus-operator prometheus promtool
	tools/operator-crds/generate
	go test -tags helm -count=1 -timeout 20m -run 'TestCluster|TestPod' ./deploy/helm

.PHONY: tools
tools: ## build all development tools into .tools/
	tools/install prometheus promtool staticcheck golangci-lint

.PHONY: clean
clean: ## remove what build and profiling leave behind; .tools/ stays
	rm -rf $(BINARY) $(BINARY).exe THIRD_PARTY_NOTICES dist
	find . -path ./.tools -prune -o \( -name '*.test' -o -name '*.prof' -o -name '*.out' \) -type f -exec rm -f {} +
