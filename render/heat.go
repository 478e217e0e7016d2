package render

// A Heat is every breach at once as a matrix: the worst compartments against the most exposed resources.
type Heat struct {
	*Ranking
	Rows  []Rank
	Cols  []Exposure
	Cells [][]Shade // by row, by column
	Left  int       // compartments that no row shows
	Apart int       // counted resources that no column shows
}

// A Shade is what the breach of a row's function does to a column's resource at worst.
type Shade struct {
	Tone Tone
	Sure Tone // the part of it that holds whatever the unknowns
}

// Heats crosses the ranks of the design of a view with its exposures, at most so many of each. Without an analysis all
// is dry.
func Heats(v View, rows, cols int) *Heat {
	r := Rankings(v, nil)
	h := &Heat{Ranking: r, Rows: r.Ranks[:min(rows, len(r.Ranks))], Cols: r.Exposures[:min(cols, len(r.Exposures))]}
	h.Left, h.Apart = len(r.Ranks)-len(h.Rows), len(r.Exposures)-len(h.Cols)
	tones := [...]Tone{Dry, Reads, Changes, Owns} // by depth in thirds
	for _, row := range h.Rows {
		line := make([]Shade, len(h.Cols))
		for i, c := range h.Cols {
			if v.Analysis != nil {
				must, may := v.Analysis.Depth(row.Start, c.ID, v.Vulnerable)
				line[i] = Shade{Tone: tones[may], Sure: tones[must]}
			}
		}
		h.Cells = append(h.Cells, line)
	}
	return h
}

// Twins are the cells that are wet as a table, behind the ranking's.
func (h *Heat) Twins() []Twin {
	cells := Twin{Title: "Cells", Head: []string{"Compartment", "Resource", "At worst", "Sure"}}
	for i, row := range h.Rows {
		for j, c := range h.Cols {
			if s := h.Cells[i][j]; s.Tone > Dry {
				sure := "yes"
				if s.Sure < s.Tone {
					sure = "perhaps"
				}
				cells.Rows = append(cells.Rows, []string{row.Name, c.Name, s.Tone.Sign().String(), sure})
			}
		}
	}
	return append(h.Ranking.Twins(), cells)
}
