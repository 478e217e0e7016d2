package dot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Variable names the helper program; the value "off" does without Graphviz.
const Variable = "BULKHEAD_DOT"

// find returns the Graphviz to use, nil if there is none; off says that none is wanted.
func find() (e engine, off bool) {
	name := "bulkhead-dot"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := os.Getenv(Variable)
	if path == "off" {
		return nil, true
	}
	if path == "" {
		if self, err := os.Executable(); err == nil {
			if real, err := filepath.EvalSymlinks(self); err == nil {
				self = real
			}
			path = filepath.Join(filepath.Dir(self), name)
		}
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		return &helper{path: path}, false
	}
	if path, err := exec.LookPath("dot"); err == nil {
		return system{path}, false
	}
	return nil, false
}

// environment is what a child process gets to see: nothing of the program's own, credentials least of all.
func environment(more ...string) []string {
	env := more
	for _, name := range []string{"PATH", "HOME", "LANG", "SystemRoot", "USERPROFILE"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// A system is Graphviz's own dot.
type system struct{ path string }

func (s system) Close() error { return nil }

func (s system) layout(ctx context.Context, dot string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.path, "-Tjson0")
	cmd.Env = environment()
	cmd.Stdin = strings.NewReader(dot)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", s.path, err)
	}
	return out, nil
}

// A helper is bulkhead-dot, started when it is first needed.
type helper struct {
	path string

	mu  sync.Mutex // one layout at a time
	run *running
}

// A running is a helper's process.
type running struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
	stderr  bytes.Buffer
	scratch string // to be removed at the end, "" if it is kept
	layouts int
}

// recycle is after how many layouts a helper has leaked enough.
const recycle = 50

// Close ends the process.
func (h *helper) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stop()
	return nil
}

func (h *helper) stop() {
	if h.run == nil {
		return
	}
	_ = h.run.in.Close()
	_ = h.run.cmd.Process.Kill() // it may have ended by itself
	_ = h.run.cmd.Wait()
	if h.run.scratch != "" {
		_ = os.RemoveAll(h.run.scratch)
	}
	h.run = nil
}

// errHelper is what is said of a helper that fails; what it wrote to standard error follows.
var errHelper = errors.New("bulkhead-dot failed")

func (h *helper) layout(ctx context.Context, dot string) ([]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.run != nil && h.run.layouts >= recycle {
		h.stop()
	}
	if h.run == nil {
		if err := h.start(); err != nil {
			return nil, err
		}
	}
	r := h.run
	r.layouts++
	// The process knows nothing of cancellation: it is killed, and then its pipes end.
	stop := context.AfterFunc(ctx, func() { _ = r.cmd.Process.Kill() })
	defer stop()
	var answer struct {
		JSON  string `json:"json"`
		Error string `json:"error"`
	}
	err := json.NewEncoder(r.in).Encode(struct {
		Dot string `json:"dot"`
	}{dot})
	if err == nil {
		err = r.out.Decode(&answer)
	}
	if err != nil {
		h.stop()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		said := strings.TrimSpace(r.stderr.String())
		if said == "" {
			said = err.Error()
		}
		return nil, fmt.Errorf("%w: %s", errHelper, said)
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%w: %s", errHelper, answer.Error)
	}
	return []byte(answer.JSON), nil
}

func (h *helper) start() error {
	r := &running{cmd: exec.Command(h.path)}
	dir, kept, err := cacheDir()
	if err != nil {
		return fmt.Errorf("make a folder for bulkhead-dot: %w", err)
	}
	if !kept {
		r.scratch = dir
	}
	r.cmd.Env = environment("TMPDIR="+dir, "TMP="+dir, "TEMP="+dir)
	r.cmd.Stderr = &limited{w: &r.stderr, left: 4096}
	r.cmd.WaitDelay = time.Second
	in, err := r.cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start bulkhead-dot: %w", err)
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start bulkhead-dot: %w", err)
	}
	if err := r.cmd.Start(); err != nil {
		return fmt.Errorf("start bulkhead-dot: %w", err)
	}
	r.in, r.out = in, json.NewDecoder(out)
	h.run = r
	return nil
}

// cacheDir is a folder that nobody else can write to, for the machine code that the helper keeps from run to run:
// whoever could change it would run code as the user. kept is false where it serves this run only.
func cacheDir() (dir string, kept bool, err error) {
	if base, err := os.UserCacheDir(); err == nil {
		dir := filepath.Join(base, "bulkhead", "graphviz")
		if os.MkdirAll(dir, 0o700) == nil && os.Chmod(dir, 0o700) == nil {
			return dir, true, nil
		}
	}
	dir, err = os.MkdirTemp("", "bulkhead-dot-")
	return dir, false, err
}

// A limited writer keeps the first bytes and swallows the rest.
type limited struct {
	w    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.w.Write(p[:n])
	l.left -= n
	return len(p), nil
}
