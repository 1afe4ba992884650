# make run      gait on a small simulated honeypot beside your own folders, until Ctrl-C:
#               make run COWRIE=DIR SHARDS=DIR RECORDINGS=DIR DATA=DIR LISTEN=HOST:PORT RUN_FOR=10s
# make samples  profile the sample recordings
# make test     all tests
# make check    what CI runs: tests, race detector, vet, static checks, fuzzing
# make bench    how fast it is, and how much memory it takes: the engine, then the running system
# make torture N=200    kill a random stage N times, and count what is left
# make pgo      measure anew what the compiler optimises the program by
# make fuzz     every fuzz target for FUZZTIME (default 30s)
# make docs     write the generated pages, the sample recordings and the README's output anew
# make module PATH=example.org/you/gait    rename the module
# make build    ./bin/gait
# make clean    remove what was built

FUZZTIME ?= 30s

# "make module PATH=..." overwrites the variable in which programs are looked
# up; the one that make was started with is read back, or guessed.
ifeq ($(origin PATH),command line)
MODULE := $(PATH)
STARTED := $(shell PATH=/usr/bin:/bin; tr '\0' '\n' </proc/$$PPID/environ 2>/dev/null | sed -n 's/^PATH=//p')
override PATH := $(or $(STARTED),/usr/local/go/bin:/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin)
export PATH
endif

.PHONY: run samples test check bench torture pgo fuzz docs module build clean

# What make run watches, where it keeps its data, and how long it runs (for
# ever by itself).
DATA ?= ./gait-data
LISTEN ?= 127.0.0.1:8080
RUN_FOR ?=
SHARDS ?=
COWRIE ?=
RECORDINGS ?=

run: build
	@deploy/try '$(DATA)' '$(LISTEN)' '$(RUN_FOR)' \
		$(foreach d,$(SHARDS),--shards '$(d)') $(foreach d,$(COWRIE),--cowrie '$(d)') $(foreach d,$(RECORDINGS),--recordings '$(d)')

samples: build
	@./bin/gait profile examples/recordings
	@printf '\nThese visits are made up. Try next:\n\n'
	@printf '  ./bin/gait profile PATH...      your own recordings: Cowrie tty logs, cowrie.json, casts, shards, script(1)\n'
	@printf '  ./bin/gait explain examples/recordings/casts/visit.cast\n'
	@printf '  ./bin/gait replay examples/recordings/casts/visit.cast\n'
	@printf '  ./bin/gait primitives           what is read from a session, and how\n\n'

build:
	@mkdir -p bin
	@go build -o bin/gait ./cmd/gait

test:
	go test ./...

check:
	.ci/run

bench:
	go run ./internal/bench
	go run ./internal/live

# make torture N=200 SEED=1: kill a random stage N times.
N ?= 200
torture:
	go run ./internal/torture -n $(N) $(if $(SEED),-seed $(SEED))

pgo:
	go run -trimpath ./internal/bench -pgo cmd/gait/default.pgo

fuzz:
	.ci/fuzz $(FUZZTIME)

docs: build
	./bin/gait primitives -o markdown >bin/primitives.md
	./bin/gait man -o markdown >bin/commands.md
	mkdir -p docs && mv bin/primitives.md bin/commands.md docs/
	rm -rf examples/recordings
	go run ./internal/simulate/samples examples/recordings
	go test ./internal/repotest -count=1 -run '^TestReadmeShowsRealOutput$$' -update

module:
	@test -n "$(MODULE)" || { echo 'usage: make module PATH=example.org/you/gait' >&2; exit 2; }
	go run ./internal/module "$(MODULE)"

clean:
	rm -rf bin
