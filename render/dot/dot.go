// Package dot lays out the map: the graph of functions, roles, resources and triggers, with a cluster for each
// compartment.
//
//	Diagrams --union--> plan --Graphviz (bulkhead-dot, else dot; else our own)--> places --draw--> Scenes
//
// Graphviz gives positions and splines only, and runs in a process of its own: the helper program bulkhead-dot, found
// beside the program or by the environment variable BULKHEAD_DOT, else a dot on the PATH. Without either, or when it
// takes too long, a simple layout of our own serves and the scene says so in its description. Our own serves also where
// Graphviz makes a tower that no window shows at a size to be read (facing.go).
//
// Places depend on what the designs hold and on nothing that a breach changes; they are kept, so that another breach
// of the same designs is drawn without another layout.
package dot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"bulkhead/render"
)

// A Layout draws maps. It is safe for concurrent use; Close ends its helper process.
type Layout struct {
	// Limit is how long Graphviz may take, 0 for six seconds.
	Limit time.Duration

	engine engine // nil: there is none
	off    bool   // and none is wanted
	mu     sync.Mutex
	kept   map[string]*places // by the graph's text
}

// New returns a layout that uses the Graphviz it finds.
func New() *Layout {
	e, off := find()
	return &Layout{engine: e, off: off}
}

// Own returns a layout that never asks Graphviz: ready at once, and good for small graphs only.
func Own() *Layout { return &Layout{off: true} }

// Close ends the helper process, if one runs. The layout can be used afterwards.
func (l *Layout) Close() error {
	if l.engine == nil {
		return nil
	}
	return l.engine.Close()
}

// An engine turns a graph in DOT into Graphviz's JSON.
type engine interface {
	layout(ctx context.Context, dot string) ([]byte, error)
	Close() error
}

// keep is how many layouts are remembered: before, after, both, and a few steps of undo.
const keep = 16

// Layout returns a scene of each diagram's map, elements in both at one place.
func (l *Layout) Layout(ctx context.Context, m render.Metrics, diagrams ...*render.Diagram) ([]*render.Scene, error) {
	if len(diagrams) == 0 {
		return nil, nil
	}
	p := union(m, diagrams)
	at, err := l.places(ctx, p)
	if err != nil {
		return nil, err
	}
	bodies, said := make([]*render.Scene, len(diagrams)), make([]*render.Diagram, len(diagrams))
	for i, d := range diagrams {
		bodies[i], said[i] = draw(m, d, p, at), d
		if note := cmp.Or(p.leftOut(d), p.spareNote(d)); note != "" {
			with := *d
			with.Claim.Notes = append(slices.Clone(d.Claim.Notes), note)
			said[i] = &with
		}
	}
	scenes := render.Sheets(m, said, bodies)
	if at.note != "" {
		for _, s := range scenes {
			s.Description += " " + at.note
		}
	}
	return scenes, nil
}

// places asks Graphviz, or else places the graph itself. The only error is the caller's having given up.
func (l *Layout) places(ctx context.Context, p *plan) (*places, error) {
	text := p.dot()
	l.mu.Lock()
	at := l.kept[text]
	l.mu.Unlock()
	if at != nil {
		return at, nil
	}
	at, err := l.ask(ctx, p, text)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("lay out the map: %w", ctx.Err())
	}
	if err != nil {
		at = p.own()
		at.note = "Laid out without Graphviz (" + err.Error() + ")."
		if errors.Is(err, context.DeadlineExceeded) {
			// Another try may have more time.
			return at, nil
		}
	}
	l.mu.Lock()
	if l.kept == nil || len(l.kept) >= keep {
		l.kept = map[string]*places{}
	}
	l.kept[text] = at
	l.mu.Unlock()
	return at, nil
}

var (
	errOff   = errors.New("it is switched off")
	errNone  = errors.New("neither bulkhead-dot nor dot was found")
	errLarge = errors.New("the graph is too large for it")
)

// Beyond these Graphviz takes longer than anyone waits.
const (
	maxNodes = 2500
	maxEdges = 3000
)

func (l *Layout) ask(ctx context.Context, p *plan, text string) (*places, error) {
	switch {
	case len(p.nodes) == 0:
		return p.layered(), nil
	case p.dense():
		// Few of the edges are drawn; Graphviz would make room for all.
		return p.own(), nil
	case l.off:
		return nil, errOff
	case l.engine == nil:
		return nil, errNone
	case len(p.nodes) > maxNodes || len(p.edges) > maxEdges:
		return nil, errLarge
	}
	limit := l.Limit
	if limit == 0 {
		limit = 6 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := l.engine.layout(ctx, text)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("it took longer than %v: %w", limit, ctx.Err())
		}
		return nil, err
	}
	at, err := p.read(out)
	if err != nil {
		return nil, err
	}
	return p.larger(at), nil
}
