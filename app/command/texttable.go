package command

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A textTable is rows of as many cells, which stand below each other, two spaces in. A column that is empty takes no room.
type textTable [][]string

// widest is how wide a column gets at most. A longer cell moves the rest of its row.
const widest = 60

func (t textTable) print(w io.Writer) {
	var width []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], min(utf8.RuneCountInString(cell), widest))
		}
	}
	for _, row := range t {
		var line strings.Builder
		for i, cell := range row {
			if width[i] == 0 {
				continue // empty in each row
			}
			line.WriteString("  " + cell + strings.Repeat(" ", max(0, width[i]-utf8.RuneCountInString(cell))))
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}
