package dot

import (
	"context"
	"strings"
	"testing"
	"time"

	"bulkhead/render"
	"bulkhead/render/font"
)

func BenchmarkLayout(b *testing.B) {
	for _, c := range []struct {
		name                        string
		functions, resources, edges int
	}{{"small", 6, 10, 25}, {"100", 40, 60, 200}, {"500", 200, 300, 1500}, {"2000", 800, 1200, 2500}} {
		for _, l := range []struct {
			name string
			make func() *Layout
		}{{"Graphviz", New}, {"own", Own}} {
			b.Run(c.name+"/"+l.name, func(b *testing.B) {
				d := starts(large(c.functions, c.resources, c.edges))
				lay := l.make()
				lay.Limit = time.Minute
				defer lay.Close() //nolint:errcheck // it has nothing to say
				for b.Loop() {
					lay.kept = nil
					s, err := lay.Layout(context.Background(), font.Metrics(), d)
					if err != nil {
						b.Fatal(err)
					}
					if l.name == "Graphviz" && strings.Contains(s[0].Description, "without Graphviz") {
						b.Fatal(s[0].Description)
					}
				}
			})
		}
		b.Run(c.name+"/kept", func(b *testing.B) {
			d := []*render.Diagram{starts(large(c.functions, c.resources, c.edges))}
			lay := Own()
			for b.Loop() {
				if _, err := lay.Layout(context.Background(), font.Metrics(), d...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// starts makes every edge one that no dense map leaves out, so that all of them are laid out.
func starts(d *render.Diagram) *render.Diagram {
	for _, e := range d.Edges {
		e.Kind = render.StartsEdge
	}
	return d
}
