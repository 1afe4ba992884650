# make run      gait on a small simulated honeypot beside your own folders, until Ctrl-C:
#               make run COWRIE=DIR SHARDS=DIR RECORDINGS=DIR DATA=DIR LISTEN=HOST:PORT DECOY=HOST:PORT RUN_FOR=10s
# make samples  profile the sample recordings
# make test     all tests
# make check    what CI runs: tests, race detector, vet, static checks, fuzzing
# make bench    how fast it is, and how much memory it takes: the engine, then the running system
# make bench-page   how fast the page is with 10^5 sessions, and with long recordings, in a browser
# make torture N=200    kill a random stage N times, and count what is left
# make pgo      measure anew what the compiler optimises the program by
# make fuzz     every fuzz target for FUZZTIME (default 30s)
# make docs     write the generated pages, the sample recordings and the README's output anew
# make pictures take the README's pictures anew, with a browser
# make module PATH=example.org/you/gait    rename the module
# make build    ./bin/gait, with the page where Node.js is there
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

.PHONY: run samples page test check bench bench-page torture pgo fuzz docs pictures module build clean

# What make run watches, where it keeps its data, and how long it runs (for
# ever by itself).
DATA ?= ./gait-data
LISTEN ?= 127.0.0.1:8080
RUN_FOR ?=
SHARDS ?=
COWRIE ?=
RECORDINGS ?=
DECOY ?= 127.0.0.1:2222

run: build
	@DECOY='$(DECOY)' deploy/try '$(DATA)' '$(LISTEN)' '$(RUN_FOR)' \
		$(foreach d,$(SHARDS),--shards '$(d)') $(foreach d,$(COWRIE),--cowrie '$(d)') $(foreach d,$(RECORDINGS),--recordings '$(d)')

samples: build
	@./bin/gait profile examples/recordings
	@printf '\nThese visits are made up. Try next:\n\n'
	@printf '  ./bin/gait profile PATH...      your own recordings: Cowrie tty logs, cowrie.json, casts, shards, script(1)\n'
	@printf '  ./bin/gait explain examples/recordings/casts/visit.cast\n'
	@printf '  ./bin/gait replay examples/recordings/casts/visit.cast\n'
	@printf '  ./bin/gait primitives           what is read from a session, and how\n\n'

build: page
	@mkdir -p bin
	@go build -o bin/gait ./cmd/gait

# The page is built where Node.js is there, when its sources have changed.
page:
	@serve/web/build

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
	go run ./internal/openapi >bin/openapi.json && mv bin/openapi.json docs/
	cd serve/web && npm run types
	rm -rf examples/recordings
	go run ./internal/simulate/samples examples/recordings
	go test ./internal/repotest -count=1 -run '^TestReadmeShowsRealOutput$$' -update

pictures: build
	cd serve/web && node test/pictures.mjs

module:
	@test -n "$(MODULE)" || { echo 'usage: make module PATH=example.org/you/gait' >&2; exit 2; }
	go run ./internal/module "$(MODULE)"

clean:
	rm -rf bin serve/web/node_modules serve/web/dist/index.html serve/web/dist/assets
