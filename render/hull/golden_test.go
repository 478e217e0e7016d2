package hull

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/render"
)

var update = flag.Bool("update", false, "write the golden files anew")

// dump is a scene as text, one item a line.
func dump(s *render.Scene) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "scene %.0f × %.0f\ntitle %s\ndescription %s\n", s.Width, s.Height, s.Title, s.Description)
	for i, it := range s.Items {
		if i == s.Foot {
			fmt.Fprintf(&b, "legend from %.0f\n", s.FootY)
		}
		switch it := it.(type) {
		case render.Shape:
			fmt.Fprintf(&b, "shape")
			if it.Fill != render.None {
				fmt.Fprintf(&b, " fill %s", colors[it.Fill])
			}
			if it.Stroke != render.None {
				fmt.Fprintf(&b, " stroke %s %.4g", colors[it.Stroke], it.Width)
			}
			if it.Hatch != render.None {
				fmt.Fprintf(&b, " hatch %s", colors[it.Hatch])
			}
			if it.Dash != nil {
				fmt.Fprintf(&b, " dash %v", it.Dash)
			}
			fmt.Fprintf(&b, " %s\n", path(it.Path))
		case render.Text:
			fmt.Fprintf(&b, "text %.1f,%.1f %s %.0f %s %s %s%q\n", it.X, it.Y, [...]string{"start", "middle", "end"}[it.Anchor], it.Size,
				[...]string{"regular", "medium", "bold"}[it.Weight], colors[it.Color], map[bool]string{true: "halo "}[it.Halo != render.None], it.Text)
		case render.Icon:
			fmt.Fprintf(&b, "icon %.1f,%.1f %.0f %s %s\n", it.X, it.Y, it.Size, colors[it.Color], it.Name)
		}
	}
	for _, a := range s.Areas {
		fmt.Fprintf(&b, "area %.1f,%.1f %.1f × %.1f %s %q\n", a.X, a.Y, a.W, a.H, a.Element, a.Tip)
	}
	return b.Bytes()
}

var colors = [...]string{render.None: "none", render.Ground: "ground", render.Panel: "panel", render.Ink: "ink", render.Muted: "muted", render.Line: "line",
	render.Hull: "hull", render.Bay: "bay", render.Bilge: "bilge", render.Water: "water", render.Tile1: "tile1", render.Tile2: "tile2", render.Tile3: "tile3",
	render.OnTile1: "ontile1", render.OnTile2: "ontile2", render.OnTile3: "ontile3", render.Link: "link", render.Danger: "danger", render.OnDanger: "ondanger",
	render.Crown: "crown", render.Feeds: "feeds", render.Good: "good"}

func path(p render.Path) string {
	var b strings.Builder
	for _, s := range p {
		switch s.Op {
		case render.MoveTo:
			fmt.Fprintf(&b, "M%.1f,%.1f", s.X, s.Y)
		case render.LineTo:
			fmt.Fprintf(&b, "L%.1f,%.1f", s.X, s.Y)
		case render.CubicTo:
			fmt.Fprintf(&b, "C%.1f,%.1f,%.1f,%.1f,%.1f,%.1f", s.X1, s.Y1, s.X2, s.Y2, s.X, s.Y)
		case render.ClosePath:
			b.WriteString("Z")
		}
	}
	return b.String()
}

// TestGolden compares the pictures with those that were looked at and found good. BULKHEAD_LOOK shows them; -update
// takes them as they are.
func TestGolden(t *testing.T) {
	for _, p := range pictures(t) {
		if strings.HasPrefix(p.name, "fleet80") {
			continue // fleet26 shows the same
		}
		t.Run(p.name, func(t *testing.T) {
			got := dump(render.Stack(layout(t, p.diagrams...)...))
			file := filepath.Join("testdata", p.name+".txt")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v (make it with -update)", err)
			}
			if !bytes.Equal(got, want) {
				a, b := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
				for i := range min(len(a), len(b)) {
					if a[i] != b[i] {
						t.Fatalf("%s:%d differs (look at it with BULKHEAD_LOOK, then take it with -update)\nwas %.300s\nis  %.300s", file, i+1, a[i], b[i])
					}
				}
				t.Fatalf("%s has %d lines, the picture %d", file, len(a), len(b))
			}
		})
	}
}
