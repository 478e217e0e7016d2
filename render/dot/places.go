package dot

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

type point struct{ x, y float64 }

type box struct{ x, y, w, h float64 }

// places is where everything stands, y downward.
type places struct {
	width, height float64
	nodes         []point // middles
	clusters      []box   // w 0: the cluster holds nothing
	edges         []route
	after         map[int]bool // nodes that stand right of what they start
	hidden        map[int]bool // edges that are drawn only where a breach takes them
	note          string       // why Graphviz did not do it, "" where it did
}

// A route is the way of an edge.
type route struct {
	curve []point // start, and then three points a Bézier curve; nil: none
	label point   // middle of the label
}

// read takes the places from Graphviz's json0. Something missing in it is an error.
func (p *plan) read(data []byte) (*places, error) {
	var in struct {
		BB      string `json:"bb"`
		Objects []struct {
			Name string `json:"name"`
			Pos  string `json:"pos"`
			BB   string `json:"bb"`
		} `json:"objects"`
		Edges []struct {
			ID  string `json:"id"`
			Pos string `json:"pos"`
			LP  string `json:"lp"`
		} `json:"edges"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("read its answer: %w", err)
	}
	whole, err := numbers(in.BB, 4)
	if err != nil {
		return nil, fmt.Errorf("read its answer: %w", err)
	}
	left, top := whole[0], whole[3]
	at := &places{width: whole[2] - whole[0], height: whole[3] - whole[1], nodes: make([]point, len(p.nodes)),
		clusters: make([]box, len(p.clusters)), edges: make([]route, len(p.edges))}
	flip := func(x, y float64) point { return point{x - left, top - y} }
	placed := make([]bool, len(p.nodes))
	for _, o := range in.Objects {
		if i, ok := index(o.Name, "cluster_c", len(p.clusters)); ok {
			bb, err := numbers(o.BB, 4)
			if err != nil {
				return nil, fmt.Errorf("read its answer: %w", err)
			}
			q := flip(bb[0], bb[3])
			at.clusters[i] = box{q.x + wallGap, q.y + wallGap, bb[2] - bb[0] - 2*wallGap, bb[3] - bb[1] - 2*wallGap}
		} else if i, ok := index(o.Name, "n", len(p.nodes)); ok {
			v, err := numbers(o.Pos, 2)
			if err != nil {
				return nil, fmt.Errorf("read its answer: %w", err)
			}
			at.nodes[i], placed[i] = flip(v[0], v[1]), true
		}
	}
	for i, ok := range placed {
		if !ok && (p.apart == nil || !p.apart[i]) {
			return nil, fmt.Errorf("it left out %s", p.nodes[i].id)
		}
	}
	for _, e := range in.Edges {
		i, ok := index(e.ID, "e", len(p.edges))
		if !ok {
			continue
		}
		for _, field := range strings.Fields(e.Pos) {
			if strings.HasPrefix(field, "e,") || strings.HasPrefix(field, "s,") {
				continue // where an arrowhead would end; ours are drawn into the node's side
			}
			v, err := numbers(field, 2)
			if err != nil {
				return nil, fmt.Errorf("read its answer: %w", err)
			}
			at.edges[i].curve = append(at.edges[i].curve, flip(v[0], v[1]))
		}
		if n := len(at.edges[i].curve); n%3 != 1 {
			at.edges[i].curve = nil
		}
		if p.edges[i].back {
			slices.Reverse(at.edges[i].curve)
		}
		if e.LP != "" {
			v, err := numbers(e.LP, 2)
			if err != nil {
				return nil, fmt.Errorf("read its answer: %w", err)
			}
			at.edges[i].label = flip(v[0], v[1])
		}
	}
	p.moor(at)
	p.curves(at) // those that it was not told of
	return at, nil
}

func index(name, prefix string, n int) (int, bool) {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(rest)
	return i, err == nil && i >= 0 && i < n
}

var errNumber = errors.New("a place is not a number")

func numbers(s string, n int) ([]float64, error) {
	fields := strings.Split(s, ",")
	if len(fields) != n {
		return nil, fmt.Errorf("%w: %q", errNumber, s)
	}
	out := make([]float64, n)
	for i, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 1e6 {
			return nil, fmt.Errorf("%w: %q", errNumber, s)
		}
		out[i] = v
	}
	return out, nil
}
