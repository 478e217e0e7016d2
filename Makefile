# make run    opens the window on a sample; without a display, does the same job headless
# make test   runs every test
GO      ?= go
BIN      = bin
WINDOW   = -tags migrated_fynedo
HEADLESS = -tags headless,migrated_fynedo
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null)
DATE    := $(shell TZ=UTC git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd 2>/dev/null)
LDFLAGS  = -ldflags "-X bulkhead/app/command.version=$(VERSION) -X bulkhead/app/command.commit=$(COMMIT) -X bulkhead/app/command.date=$(DATE)"
OS      := $(shell uname -s)
# On a Mac or Windows there is always a display.
DISPLAYED := $(if $(filter Linux,$(OS)),$(DISPLAY)$(WAYLAND_DISPLAY),yes)

.PHONY: run window headless test test-window bench differential lint gallery dist cross generate clean

run: $(if $(DISPLAYED),window,headless)
ifneq ($(DISPLAYED),)
	$(BIN)/bulkhead sample:webshop
else
	@echo "No display (DISPLAY and WAYLAND_DISPLAY are empty): the same job without a window." >&2
	$(BIN)/bulkhead-headless tour -o out
endif

# The window, with the map's layout helper beside it.
window:
	@.ci/deps window
	$(GO) build $(WINDOW) $(LDFLAGS) -o $(BIN)/bulkhead .
	CGO_ENABLED=0 $(GO) build -o $(BIN)/bulkhead-dot ./render/dot/bulkhead-dot

# One static binary with every command and no window.
headless:
	CGO_ENABLED=0 $(GO) build $(HEADLESS) $(LDFLAGS) -o $(BIN)/bulkhead-headless .
	CGO_ENABLED=0 $(GO) build -o $(BIN)/bulkhead-dot ./render/dot/bulkhead-dot

test: headless
	@.ci/deps test
	CGO_ENABLED=0 $(GO) vet $(HEADLESS) ./...
	CGO_ENABLED=0 $(GO) test $(HEADLESS) ./...
	CGO_ENABLED=0 $(GO) build -tags headless -o $(BIN)/bulkhead-headless .
	@.ci/window-test

bench:
	CGO_ENABLED=0 $(GO) test $(HEADLESS) -run '^$$' -bench . -benchtime 200ms -benchmem ./... | $(GO) run ./docs/bench

# Decisions compared with those of an independent engine, on drawn requests; see internal/differential. It installs
# nothing: npm install --prefix $(IAM_SIMULATE) @cloud-copilot/iam-simulate
IAM_SIMULATE ?= $(or $(TMPDIR),/tmp)/iam-simulate
CASES        ?= 100000
SEED         ?= 1
differential:
	CGO_ENABLED=0 $(GO) test $(HEADLESS) ./internal/differential -run Differential -v -cases $(CASES) -seed $(SEED) -engine $(IAM_SIMULATE)

lint:
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"
	$(GO) tool -modfile=.ci/lint/go.mod golangci-lint run --build-tags headless,migrated_fynedo ./...

# Release archives of all systems in dist/, with SBOMs and SHA256SUMS: the headless programs, the window for this machine's
# system (tar and deb on Linux, an app on a Mac) and, where mingw-w64 is there, for Windows. See docs/release.md.
dist:
	-@.ci/deps window
	$(GO) run ./internal/release -go "$(GO)" -out dist

# The headless archives alone.
cross:
	$(GO) run ./internal/release -go "$(GO)" -out dist -window no

generate:
	$(GO) generate ./assets/...

# The pictures of docs/gallery, those of the window included, in few colours, so that they stay small.
gallery: headless
	rm -f docs/gallery/*.png
	@docs/gallery/make $(BIN)/bulkhead-headless
	@.ci/deps window
	BULKHEAD_GALLERY=$(CURDIR)/docs/gallery .ci/window-test -run TestGallery -count 1
	$(GO) run ./internal/gallery docs/gallery/*.png

clean:
	rm -rf $(BIN) out dist
