// Release builds the programs for all systems and packs them.
//
//	source --go build--> programs --tar, zip, deb, app--> archives --> SBOMs, SHA256SUMS
//
// It writes the same bytes for the same commit and Go: times are those of the commit (or of SOURCE_DATE_EPOCH), paths are
// trimmed, owners are root. It needs Go and git; the window for Linux also a C compiler, for Windows mingw-w64, for macOS a Mac.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A release is what is being made.
type release struct {
	ctx     context.Context
	root    string // of the source
	out     string
	gotool  string
	version string // as bulkhead version says it
	commit  string
	date    time.Time
	window  string // auto, yes, no
	made    []string
	notes   []string // what could not be made, and why
}

// A target is a system that programs are built for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "-" + t.arch }

func (t target) exe(name string) string {
	if t.os == "windows" {
		return name + ".exe"
	}
	return name
}

var targets = []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"}}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r := &release{ctx: ctx}
	flag.StringVar(&r.out, "out", "dist", "where to: what is in it is replaced")
	flag.StringVar(&r.gotool, "go", "go", "the Go command")
	flag.StringVar(&r.version, "version", "", "version, if not by git describe")
	flag.StringVar(&r.window, "window", "auto", "build the window: yes, no, auto (where a C compiler for it is there)")
	only := flag.String("only", "", "systems to build for, of "+fmt.Sprint(targets)+" (all)")
	flag.Parse()
	if err := r.run(*only); err != nil {
		fmt.Fprintf(os.Stderr, "release: %v\n", err)
		os.Exit(1)
	}
}

func (r *release) run(only string) error {
	if err := r.stamp(); err != nil {
		return err
	}
	var wanted []target
	for _, t := range targets {
		if only == "" || slices.Contains(strings.FieldsFunc(only, func(r rune) bool { return r == ',' || r == ' ' }), t.String()) {
			wanted = append(wanted, t)
		}
	}
	if len(wanted) == 0 {
		return fmt.Errorf("-only %s: none of %v", only, targets)
	}
	if err := os.RemoveAll(r.out); err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	stage, err := os.MkdirTemp("", "bulkhead-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage) //nolint:errcheck // a temporary folder
	fmt.Printf("bulkhead %s, commit %s of %s\n", r.version, r.commit[:min(12, len(r.commit))], r.date.Format(time.DateOnly))
	for _, t := range wanted {
		if err := r.target(t, filepath.Join(stage, t.String())); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	if err := r.sums(); err != nil {
		return err
	}
	for _, n := range r.notes {
		fmt.Println("not made:", n)
	}
	return nil
}

// stamp finds out what is released.
func (r *release) stamp() (err error) {
	if r.root, err = r.output("", "git", "rev-parse", "--show-toplevel"); err != nil {
		return err
	}
	if r.commit, err = r.output(r.root, "git", "rev-parse", "HEAD"); err != nil {
		return err
	}
	seconds := os.Getenv("SOURCE_DATE_EPOCH")
	if seconds == "" {
		if seconds, err = r.output(r.root, "git", "log", "-1", "--format=%ct"); err != nil {
			return err
		}
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH=%s: seconds since 1970", seconds)
	}
	r.date = time.Unix(n, 0).UTC()
	if r.version == "" {
		if r.version, err = r.output(r.root, "git", "describe", "--tags", "--always", "--dirty"); err != nil {
			return err
		}
	}
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+~-]*$`).MatchString(r.version) {
		return fmt.Errorf("version %q: letters, digits, dots and dashes", r.version)
	}
	return nil
}

// label is the version in the names of archives.
func (r *release) label() string { return strings.TrimPrefix(r.version, "v") }

// number is the version as packages have it: 1.2.3, 1.2.3+4.gabc, or before the first tag 0~20260102.abc.
func (r *release) number() string {
	if m := regexp.MustCompile(`^v?([0-9][0-9.]*)(?:-([0-9]+)-(g[0-9a-f]+))?(-dirty)?$`).FindStringSubmatch(r.version); m != nil && strings.Contains(m[1], ".") {
		n := m[1]
		if m[2] != "" {
			n += "+" + m[2] + "." + m[3]
		}
		return n + strings.Replace(m[4], "-", "+", 1)
	}
	if m := regexp.MustCompile(`^v?([0-9]+\.[0-9.]+)-?(.*)$`).FindStringSubmatch(r.version); m != nil {
		return m[1] + "~" + strings.ReplaceAll(m[2], "-", ".")
	}
	return "0~" + r.date.Format("20060102") + "." + strings.ReplaceAll(r.version, "-", "+")
}

// output runs a program and returns what it prints.
func (r *release) output(dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(r.ctx, name, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

// build builds a program for a target. cc is a C compiler, "" for none.
func (r *release) build(t target, pkg, out, tags, cc string, flags ...string) error {
	stamp := fmt.Sprintf("-s -w -buildid= -X bulkhead/app/command.version=%s -X bulkhead/app/command.commit=%s -X bulkhead/app/command.date=%s", r.version, r.commit, r.date.Format(time.RFC3339))
	args := []string{"build", "-trimpath", "-buildvcs=false", "-tags", tags, "-ldflags", strings.Join(append([]string{stamp}, flags...), " "), "-o", out, pkg}
	cmd := exec.CommandContext(r.ctx, r.gotool, args...)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, "GOFLAGS=", "CGO_ENABLED=0")
	if cc != "" {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=1", "CC="+cc)
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build %s: %w", pkg, err)
	}
	return nil
}

// compiler is the C compiler that builds the window for a target here, "" if there is none, and why.
func (r *release) compiler(t target) (cc, why string) {
	switch {
	case r.window == "no":
		return "", ""
	case t.os == runtime.GOOS && t.arch == runtime.GOARCH:
		cc = os.Getenv("CC")
		if cc == "" {
			cc = "cc"
		}
	case t.os == "windows" && t.arch == "amd64":
		cc = "x86_64-w64-mingw32-gcc"
	case t.os == "darwin":
		return "", fmt.Sprintf("the window for %s: that takes a Mac (the same command there)", t)
	default:
		return "", fmt.Sprintf("the window for %s: that takes such a machine (the same command there)", t)
	}
	if _, err := exec.LookPath(cc); err != nil {
		return "", fmt.Sprintf("the window for %s: the C compiler %s is not installed", t, cc)
	}
	return cc, ""
}

// target builds and packs all for one system.
func (r *release) target(t target, stage string) error {
	fmt.Println(t)
	headless, helper, window := filepath.Join(stage, t.exe("bulkhead-headless")), filepath.Join(stage, t.exe("bulkhead-dot")), filepath.Join(stage, t.exe("bulkhead"))
	if err := r.build(t, ".", headless, "headless,migrated_fynedo", ""); err != nil {
		return err
	}
	if err := r.build(t, "./render/dot/bulkhead-dot", helper, "headless", ""); err != nil {
		return err
	}
	name := fmt.Sprintf("bulkhead-headless_%s_%s_%s", r.label(), t.os, t.arch)
	files := []file{{name: t.exe("bulkhead"), from: headless, mode: 0o755}, {name: t.exe("bulkhead-dot"), from: helper, mode: 0o755}}
	if err := r.archive(t, name, append(files, r.papers("")...)); err != nil {
		return err
	}
	if err := r.bom(name, headless, helper); err != nil {
		return err
	}
	cc, why := r.compiler(t)
	if cc == "" {
		if r.window == "yes" && t.os == runtime.GOOS && t.arch == runtime.GOARCH {
			return fmt.Errorf("%s", why)
		}
		if why != "" {
			r.notes = append(r.notes, why)
		}
		return nil
	}
	var flags []string
	if t.os == "windows" {
		flags = []string{"-H=windowsgui"} // no console beside the window: commands are the headless program's
	}
	if err := r.build(t, ".", window, "migrated_fynedo", cc, flags...); err != nil {
		if r.window == "yes" {
			return err
		}
		r.notes = append(r.notes, fmt.Sprintf("the window for %s: it does not build here (%v); on Debian, .ci/deps window installs what it takes", t, err))
		return nil
	}
	name = fmt.Sprintf("bulkhead_%s_%s_%s", r.label(), t.os, t.arch)
	programs := map[string]string{t.exe("bulkhead"): window, t.exe("bulkhead-headless"): headless, t.exe("bulkhead-dot"): helper}
	if err := r.bom(name, window, headless, helper); err != nil {
		return err
	}
	switch t.os {
	case "linux":
		tree := r.linux(programs)
		var portable []file
		for _, f := range tree {
			f.name = strings.TrimPrefix(f.name, "usr/")
			portable = append(portable, f)
		}
		if err := r.archive(t, name, portable); err != nil {
			return err
		}
		return r.debian(t, tree, window)
	case "darwin":
		return r.archive(t, name, append(r.mac(programs), r.papers("")...))
	}
	files = nil
	for _, p := range sortedKeys(programs) {
		files = append(files, file{name: p, from: programs[p], mode: 0o755})
	}
	return r.archive(t, name, append(files, r.papers("")...))
}

// papers are what goes with every program.
func (r *release) papers(dir string) []file {
	var out []file
	for _, name := range []string{"CHANGELOG.md", "LICENSE", "README.md", "THIRD_PARTY_NOTICES.md"} {
		out = append(out, file{name: dir + name, from: filepath.Join(r.root, name), mode: 0o644})
	}
	return out
}
