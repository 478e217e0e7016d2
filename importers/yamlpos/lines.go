package yamlpos

import (
	"fmt"
	"unicode/utf8"
)

// lines is where the lines of a file start. A line ends where YAML 1.1 ends one: CR LF, LF, CR, NEL, LS or PS.
type lines struct {
	starts []int // byte offsets; a byte order mark belongs to no line

	line, column, at int // the last place asked for (column in runes): the next is mostly behind it
	found            int // index into starts of the last position asked for
}

func newLines(data []byte) lines {
	l := lines{starts: make([]int, 1, 64+len(data)/40)}
	if len(data) >= 3 && data[0] == 0xEF && data[1] == 0xBB && data[2] == 0xBF {
		l.starts[0] = 3
	}
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '\r':
			if at(data, i+1) == '\n' {
				i++
			}
		case '\n':
		case 0xC2:
			if at(data, i+1) != 0x85 {
				continue
			}
			i++
		case 0xE2:
			if at(data, i+1) != 0x80 || at(data, i+2)&^1 != 0xA8 {
				continue
			}
			i += 2
		default:
			continue
		}
		l.starts = append(l.starts, i+1)
	}
	return l
}

// offset is the byte offset of a line and column, both from 1, the column in runes.
func (l *lines) offset(data []byte, line, column int) (int, bool) {
	if line == len(l.starts)+1 && column == 1 {
		return len(data), true // the library thinks every last line ended
	}
	if line < 1 || line > len(l.starts) || column < 1 {
		return 0, false
	}
	if l.line != line || l.column > column {
		l.line, l.column, l.at = line, 1, l.starts[line-1]
	}
	for l.column < column {
		if l.at >= len(data) {
			return 0, false
		}
		_, size := utf8.DecodeRune(data[l.at:])
		l.at += size
		l.column++
	}
	return l.at, true
}

// position is the line and column, both from 1, of an offset; the column counts bytes.
func (l *lines) position(offset int) (line, column int) {
	for l.found > 0 && l.starts[l.found] > offset {
		// Going back is rare and short, but for the first position after a long run.
		if l.found > 64 && l.starts[l.found-64] > offset {
			l.found -= 64
			continue
		}
		l.found--
	}
	for l.found+1 < len(l.starts) && l.starts[l.found+1] <= offset {
		l.found++
	}
	return l.found + 1, max(1, offset-l.starts[l.found]+1)
}

// indent is the column, from 0, in which an offset stands.
func (l *lines) indent(offset int) int {
	_, c := l.position(offset)
	return c - 1
}

func lineColumn(data []byte, offset int) (line, column int) {
	l := newLines(data)
	return l.position(offset)
}

func placeOf(file string, data []byte, offset int) string {
	line, column := lineColumn(data, offset)
	return fmt.Sprintf("%s:%d:%d", file, line, column)
}

// invalidAt is where data stops being UTF-8.
func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// at is the byte at an offset, 0 outside.
func at(data []byte, i int) byte {
	if i < 0 || i >= len(data) {
		return 0
	}
	return data[i]
}
