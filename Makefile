# Everything that is done to this tree, one target each. `make help` lists them.

LINT := go tool -modfile=tools/go.mod golangci-lint

# How long each fuzz target runs.
FUZZTIME ?= 30s

# What the race detector does not look into: SQLite, which is C that was translated, keeps its data in memory of its own that the detector does not watch anyway,
# and argon2 computes in memory that nobody else has. Watching them takes half of the time of the suite. A package belongs here only if it compiles no copies of
# generic code of others: the linker keeps one copy for all, and one that is not watched hides what sync and atomic order.
UNWATCHED := -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=golang.org/x/crypto/argon2=-race=false

# How many packages are built or tested at once: one more than there are processors, since many tests wait for time limits.
PACKAGES := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

# What `make run` and `make bench` pass on: make bench ARGS='-quick -only refuse'.
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help build run test vet lint race fuzz bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## bin/candor
	go build -trimpath -o bin/candor ./cmd/candor

run: ## the sandbox, on 127.0.0.1:8080
	go run ./cmd/candor sandbox $(ARGS)

test: vet lint race ## all that a change must pass

vet: ## go vet, for the three systems that Candor runs on
	go vet ./...
	go -C tools build -o ../bin/vet ./vet
	CGO_ENABLED=0 GOOS=darwin bin/vet ./...
	CGO_ENABLED=0 GOOS=windows bin/vet ./...

lint: ## golangci-lint, built from tools/go.mod
	$(LINT) run

race: ## the suite under the race detector
	@hack/need gcc libc curl python3 h11 requests nginx nginx-stream haproxy node adopt oauth httpcache java chromium axe
	GOTMPDIR="$${GOTMPDIR:-$${TMPDIR:-/tmp}}" TMPDIR="$$(hack/scratch)" go test -race -p $(PACKAGES) $(UNWATCHED) -vet=off -shuffle=on -timeout=15m ./...

fuzz: ## every fuzz target, FUZZTIME each
	@hack/need node h11
	@grep -roE '^func Fuzz[A-Za-z0-9_]*' --include='*_test.go' . | sed 's|/[^/]*:func | |' | sort | \
	while read -r dir target; do \
		echo "== $$dir $$target"; \
		go test "$$dir" -run='^$$' -fuzz="^$$target$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=10x </dev/null || exit 1; \
	done

bench: ## the figures beside nginx and haproxy, with the goals
	@hack/need nginx haproxy
	go run ./bench $(ARGS)

clean: ## what building and benching left
	rm -rf bin bench/out
	go clean -testcache
