# make run    opens the window on a sample; without a display, does the same job headless
# make test   runs every test
GO      ?= go
BIN      = bin
WINDOW   = -tags migrated_fynedo
HEADLESS = -tags headless,migrated_fynedo
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -ldflags "-X bulkhead/app/command.version=$(VERSION)"
OS      := $(shell uname -s)
# On a Mac or Windows there is always a display.
DISPLAYED := $(if $(filter Linux,$(OS)),$(DISPLAY)$(WAYLAND_DISPLAY),yes)

.PHONY: run window headless test test-window bench differential lint gallery cross generate clean

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

# The headless binary for the three systems, its map helper beside it.
cross:
	@for t in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64; do \
	  os=$${t%/*}; arch=$${t#*/}; ext=; [ $$os = windows ] && ext=.exe; dir=dist/$$os-$$arch; \
	  echo $$dir; export CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch; \
	  $(GO) build -trimpath $(HEADLESS) $(LDFLAGS) -o $$dir/bulkhead$$ext . && \
	  $(GO) build -trimpath -o $$dir/bulkhead-dot$$ext ./render/dot/bulkhead-dot || exit 1; \
	done

generate:
	$(GO) generate ./assets/...

# The pictures of docs/gallery, those of the window included.
gallery: headless
	@docs/gallery/make $(BIN)/bulkhead-headless
	@.ci/deps window
	BULKHEAD_GALLERY=$(CURDIR)/docs/gallery .ci/window-test -run TestGallery -count 1

clean:
	rm -rf $(BIN) out dist
