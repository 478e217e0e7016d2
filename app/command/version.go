package command

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Set by the linker, see Makefile and internal/release; what is empty is taken from what Go notes in each program.
var (
	version string // a tag, or a tag with the commits since and the last one's start
	commit  string
	date    string // of the commit, RFC 3339
)

// Version says what this program is: the tag or commit it was built from.
func Version() string {
	if version != "" {
		return version
	}
	if b := built(); b.commit != "" {
		return b.commit[:min(12, len(b.commit))]
	}
	return "dev"
}

// A build is what a program was built from.
type build struct {
	commit, date string
	changed      bool // the working tree had more than the commit
}

func built() build {
	b := build{commit: commit, date: date, changed: strings.HasSuffix(version, "-dirty")}
	info, ok := debug.ReadBuildInfo()
	if !ok || commit != "" {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.date = s.Value
		case "vcs.modified":
			b.changed = s.Value == "true"
		}
	}
	return b
}

type versionCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

type versionJSON struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"` // of the commit
	Changed bool   `json:"changed"`        // there was more than the commit
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Kind    string `json:"kind"` // headless, window
}

func (c versionCmd) Run(env *Env) error {
	b := built()
	v := versionJSON{Version(), b.commit, b.date, b.changed, runtime.Version(), runtime.GOOS, runtime.GOARCH, "headless"}
	if env.Windowed {
		v.Kind = "window"
	}
	if c.JSON {
		return printJSON(env.Out, v)
	}
	fmt.Fprintf(env.Out, "bulkhead %s\n", v.Version)
	if v.Commit != "" {
		fmt.Fprintf(env.Out, "commit  %s", v.Commit)
		if v.Date != "" {
			fmt.Fprintf(env.Out, " of %s", v.Date)
		}
		if v.Changed {
			fmt.Fprint(env.Out, ", changed since")
		}
		fmt.Fprintln(env.Out)
	}
	kind := "headless: every command, no window"
	if env.Windowed {
		kind = "with the window"
	}
	fmt.Fprintf(env.Out, "built   with %s for %s/%s, %s\n", v.Go, v.OS, v.Arch, kind)
	return nil
}
