package report

import (
	"fmt"
	"strings"

	"bulkhead/render"
)

// names of the colours in the page's style.
var names = map[render.Color]string{
	render.None: "none", render.Ground: "ground", render.Panel: "panel", render.Ink: "ink", render.Muted: "muted", render.Line: "line",
	render.Hull: "hull", render.Bay: "bay", render.Bilge: "bilge", render.Water: "water",
	render.Tile1: "tile1", render.Tile2: "tile2", render.Tile3: "tile3", render.OnTile1: "on-tile1", render.OnTile2: "on-tile2", render.OnTile3: "on-tile3",
	render.Link: "link", render.Danger: "danger", render.OnDanger: "on-danger", render.Crown: "crown", render.Feeds: "feeds", render.Good: "good",
}

// variable is a colour of the pictures in the page: the reader's choice of light and dark decides.
func variable(c render.Color) string {
	if c == render.None {
		return "none"
	}
	return "var(--" + names[c] + ")"
}

// palettes defines the variables: light, dark where the reader prefers it, and light on paper.
func palettes() string {
	set := func(p *render.Palette) string {
		var b strings.Builder
		for c := render.Ground; c <= render.Good; c++ {
			v := p.RGBA(c)
			fmt.Fprintf(&b, "--%s:#%02x%02x%02x;", names[c], v.R, v.G, v.B)
		}
		return b.String()
	}
	return fmt.Sprintf(":root{color-scheme:light dark;%s}\n@media (prefers-color-scheme:dark){:root{%s}}\n@media print{:root{color-scheme:light;%s}}\n",
		set(render.Light), set(render.Dark), set(render.Light))
}
