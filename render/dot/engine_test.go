package dot

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bulkhead/render"
	"bulkhead/render/font"
)

// TestMain lets the test's own binary stand in for the helper program; the graph says how it behaves.
func TestMain(m *testing.M) {
	if os.Getenv("LANG") == "helper" { // the one variable of ours that a helper gets to see
		standIn()
	}
	os.Exit(m.Run())
}

func standIn() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			os.Exit(0)
		}
		var req struct{ Dot string }
		if json.Unmarshal(line, &req) != nil {
			os.Exit(3)
		}
		switch req.Dot {
		case "hang":
			time.Sleep(time.Hour)
		case "die":
			fmt.Fprintln(os.Stderr, "out of memory", strings.Repeat("!", 10_000))
			os.Exit(1)
		case "refuse":
			fmt.Println(`{"error":"syntax"}`)
		case "babble":
			fmt.Println(`not JSON`)
		case "environment":
			b, _ := json.Marshal(map[string]string{"json": strings.Join(os.Environ(), "\n")})
			fmt.Println(string(b))
		default:
			fmt.Printf("{\"json\":\"%d\"}\n", os.Getpid())
		}
	}
}

func newHelper(t *testing.T) *helper {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("LANG", "helper")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("AWS_SECRET_ACCESS_KEY", "not for the helper")
	h := &helper{path: self}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func TestHelper(t *testing.T) {
	h := newHelper(t)
	ctx := context.Background()
	first, err := h.layout(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := h.layout(ctx, "b"); err != nil || string(again) != string(first) {
		t.Errorf("the second layout is by process %s, %v; the first by %s", again, err, first)
	}
	// It leaks, so it is replaced in time.
	for range recycle {
		if _, err := h.layout(ctx, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if later, err := h.layout(ctx, "c"); err != nil || string(later) == string(first) {
		t.Errorf("after %d layouts it is still process %s, %v", recycle, later, err)
	}
	env, err := h.layout(ctx, "environment")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(env), "AWS_") || !strings.Contains(string(env), "TMPDIR="+os.Getenv("XDG_CACHE_HOME")) {
		t.Errorf("the helper sees\n%s", env)
	}
	info, err := os.Stat(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "bulkhead", "graphviz"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("its folder: %v, %v", info, err)
	}
}

// TestHelperFails: whatever goes wrong is an error at once, and the next layout has a new process.
func TestHelperFails(t *testing.T) {
	h := newHelper(t)
	ctx := context.Background()
	for _, c := range []struct{ dot, want string }{{"die", "out of memory"}, {"refuse", "syntax"}, {"babble", "invalid character"}} {
		_, err := h.layout(ctx, c.dot)
		if !errors.Is(err, errHelper) || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 5000 {
			t.Errorf("%s: the error is %.200v", c.dot, err)
		}
		if _, err := h.layout(ctx, "a"); err != nil {
			t.Errorf("after %s: %v", c.dot, err)
		}
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	process := h.run.cmd.Process
	if _, err := h.layout(short, "hang"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hang: the error is %v", err)
	}
	if h.run != nil || process.Signal(os.Interrupt) == nil {
		t.Error("the hanging process was not ended")
	}
	if _, err := h.layout(ctx, "a"); err != nil {
		t.Errorf("after hanging: %v", err)
	}
	if _, err := (&helper{path: filepath.Join(t.TempDir(), "none")}).layout(ctx, "a"); err == nil {
		t.Error("a helper that is not there gives no error")
	}
}

// TestGraphviz builds the helper and lays out a real graph with it.
func TestGraphviz(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	path := filepath.Join(t.TempDir(), "bulkhead-dot")
	if out, err := exec.Command("go", "build", "-o", path, "./bulkhead-dot").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	t.Setenv(Variable, path)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	l := New()
	l.Limit = time.Minute
	defer l.Close() //nolint:errcheck // it has nothing to say
	d := shop(true)
	s := scenes(t, l, d)[0]
	if strings.Contains(s.Description, "without Graphviz") {
		t.Fatal(s.Description)
	}
	// The same again is the same, by another process too.
	other := New()
	other.Limit = time.Minute
	defer other.Close() //nolint:errcheck // it has nothing to say
	if again := scenes(t, other, d)[0]; fmt.Sprint(again.Items) != fmt.Sprint(s.Items) {
		t.Error("the second layout differs")
	}
	p := union(font.Metrics(), []*render.Diagram{d})
	at := l.kept[p.dot()]
	if at == nil {
		t.Fatal("the layout was not kept")
	}
	for i, n := range p.nodes {
		for k := range i {
			o := p.nodes[k]
			if dx, dy := at.nodes[i].x-at.nodes[k].x, at.nodes[i].y-at.nodes[k].y; max(dx, -dx) < (n.w+o.w)/2-1 && max(dy, -dy) < (n.h+o.h)/2-1 {
				t.Errorf("%s and %s overlap", n.id, o.id)
			}
		}
		if n.cluster >= 0 {
			if b, q := at.clusters[n.cluster], at.nodes[i]; q.x-n.w/2 < b.x || q.y-n.h/2 < b.y || q.x+n.w/2 > b.x+b.w || q.y+n.h/2 > b.y+b.h {
				t.Errorf("%s at %v leaves its compartment %v", n.id, q, b)
			}
		}
	}
	for i, e := range p.edges {
		c := at.edges[i].curve
		if len(c) < 4 {
			t.Errorf("the edge from %s to %s has no way", p.nodes[e.from].id, p.nodes[e.to].id)
			continue
		}
		for _, end := range []struct {
			q point
			n int
		}{{c[0], e.from}, {c[len(c)-1], e.to}} {
			m, n := at.nodes[end.n], p.nodes[end.n]
			if end.q.x < m.x-n.w/2-2 || end.q.x > m.x+n.w/2+2 || end.q.y < m.y-n.h/2-2 || end.q.y > m.y+n.h/2+2 {
				t.Errorf("the edge from %s to %s ends at %v, off %s", p.nodes[e.from].id, p.nodes[e.to].id, end.q, n.id)
			}
		}
	}
	ctx := context.Background()
	if _, err := l.engine.layout(ctx, "digraph { a -> "); err == nil {
		t.Error("Graphviz read half a graph")
	}
	if _, err := l.engine.layout(ctx, "digraph { a -> b }"); err != nil {
		t.Errorf("after a bad graph: %v", err)
	}
}
