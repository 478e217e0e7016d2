package render

import (
	"fmt"
	"strings"
)

// A Twin is a table that says what a picture shows, for those who cannot see it and for the clipboard.
type Twin struct {
	Title string
	Head  []string
	Rows  [][]string
}

// Twins are the tables of a diagram: its compartments, the things in them and in the bilge, the doors, and who is ashore.
// Tables without rows are left out.
func (d *Diagram) Twins() []Twin {
	states := [...]string{"", "its input is chosen", "held", "breached"}
	bays := Twin{Title: "Compartments", Head: []string{"Compartment", "Role", "Functions", "Started by", "A breach reaches", "In this breach"}}
	things := Twin{Title: "Resources", Head: []string{"Resource", "Stands in", "In this breach", "Sure", "Compartments that can touch it"}}
	put := func(t *Tile, where string) {
		row := []string{t.Name, where, "dry", "", fmt.Sprint(t.Users)}
		if t.Tone > Dry {
			row[2], row[3] = t.Words, "yes"
			if t.May {
				row[3] = "perhaps"
			}
			if t.Via != "" {
				row[2] += ", from " + t.Via
			}
		}
		if t.Crown {
			row[0] += " (crown jewel)"
		}
		things.Rows = append(things.Rows, row)
	}
	for _, b := range d.Bays {
		var functions, triggers []string
		for _, c := range b.Cabins {
			functions = append(functions, c.Name)
		}
		for _, t := range b.Triggers {
			label := t.Label
			if t.Open {
				label += " (open to anyone)"
			}
			triggers = append(triggers, label)
		}
		if b.ID == "" { // of those left out
			functions = []string{count(b.Functions, "function", "functions")}
		}
		bays.Rows = append(bays.Rows, []string{b.Name, b.Role, strings.Join(functions, ", "), strings.Join(triggers, ", "), Percent(b.Share), states[b.State]})
		for _, t := range b.Tiles {
			put(t, b.Name)
		}
	}
	for _, t := range d.Bilge {
		put(t, "bilge, shared")
	}
	doors := Twin{Title: "Steps onward", Head: []string{"From", "Does", "To", "By", "In this breach"}}
	names := map[string]string{}
	for _, b := range d.Bays {
		names[string(b.ID)] = b.Name
	}
	for _, g := range d.Quay {
		names[string(g.ID)] = g.Name
	}
	for _, x := range d.Doors {
		does, wet := "chooses the input of", ""
		if x.Runs {
			does = "can run as"
		}
		if x.May {
			does += ", perhaps"
		}
		if x.Wet {
			wet = "used"
		}
		from := names[string(x.From)]
		if from == "" {
			from = string(x.From)
		}
		doors.Rows = append(doors.Rows, []string{from, does, x.Name, x.Label, wet})
	}
	ashore := Twin{Title: "Ashore", Head: []string{"User or role", "Who can become it", "In this breach"}}
	for _, g := range d.Quay {
		state := states[g.State]
		if g.By != "" {
			state += " through " + g.By
		}
		ashore.Rows = append(ashore.Rows, []string{g.Name, g.Group.String(), state})
	}
	var out []Twin
	for _, t := range []Twin{bays, things, doors, ashore} {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// Text is the table as tab-separated lines, which spreadsheets take.
func (t Twin) Text() string {
	var b strings.Builder
	b.WriteString(t.Title + "\n" + strings.Join(t.Head, "\t") + "\n")
	for _, r := range t.Rows {
		b.WriteString(strings.Join(r, "\t") + "\n")
	}
	return b.String()
}
