package yamlpos

import (
	"errors"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// errPlace says that the text is not what the library's node promised.
var errPlace = errors.New("text and node differ")

// properties reads the tag and the anchor before a value, and returns the tag as written and where the content
// starts.
func properties(data []byte, start int, y *yaml.Node) (tag string, content int) {
	if y.Kind == yaml.AliasNode {
		return "", start
	}
	i := start
	for {
		switch {
		case at(data, i) == '!':
			end := endOfWord(data, i)
			tag = string(data[i:end])
			i = end
		case at(data, i) == '&' && y.Anchor != "":
			i += 1 + len(y.Anchor)
		default:
			return tag, i
		}
		i = skipWhite(data, i)
	}
}

// endOfProperties is the end of the tag and anchor of a value that has nothing else.
func endOfProperties(data []byte, start int, y *yaml.Node) int {
	i, end := start, start
	for {
		switch {
		case at(data, i) == '!':
			i = endOfWord(data, i)
		case at(data, i) == '&' && y.Anchor != "":
			i += 1 + len(y.Anchor)
		default:
			return end
		}
		end = i
		i = skipWhite(data, i)
	}
}

// endOfWord is the end of the run of bytes that are not white.
func endOfWord(data []byte, i int) int {
	for i < len(data) && white(data, i) == 0 {
		i++
	}
	return i
}

// white is the length of the white space character or line break at i, 0 if there is none.
func white(data []byte, i int) int {
	switch at(data, i) {
	case ' ', '\t', '\r', '\n':
		return 1
	case 0xC2:
		if at(data, i+1) == 0x85 {
			return 2
		}
	case 0xE2:
		if at(data, i+1) == 0x80 && at(data, i+2)&^1 == 0xA8 {
			return 3
		}
	}
	return 0
}

// skipWhite goes over white space, line breaks and comments.
func skipWhite(data []byte, i int) int {
	for {
		w := white(data, i)
		switch {
		case w > 0:
			i += w
		case at(data, i) == '#' && (i == 0 || white(data, i-1) > 0 || at(data, i-1) == ','):
			for i < len(data) && data[i] != '\n' && data[i] != '\r' {
				i++
			}
		default:
			return i
		}
	}
}

func endOfQuoted(data []byte, i int, quote byte) (int, error) {
	if at(data, i) != quote {
		return 0, errPlace
	}
	for i++; i < len(data); i++ {
		switch {
		case data[i] == '\\' && quote == '"':
			i++
		case data[i] == quote && quote == '\'' && at(data, i+1) == quote:
			i++
		case data[i] == quote:
			return i + 1, nil
		}
	}
	return 0, errPlace
}

// endOfPlain goes along the value: a plain scalar has no escapes, only its white space may be folded.
func endOfPlain(data []byte, i int, value string) (int, error) {
	end := i
	for _, r := range value {
		switch r {
		case ' ', '\t', '\n', '\r', '\u0085', '\u2028', '\u2029':
			continue
		}
		for {
			w := white(data, i)
			if w == 0 {
				break
			}
			i += w
		}
		got, size := utf8.DecodeRune(data[min(i, len(data)):])
		if got != r || size == 0 {
			return 0, errPlace
		}
		i += size
		end = i
	}
	return end, nil
}

// endOfBlockScalar is the end of the last line of a | or > scalar; parent is the column of the block collection
// around it. With "keep" (|+) the blank lines behind belong to it, but for the last line break.
func endOfBlockScalar(data []byte, i, parent int) (int, error) {
	if b := at(data, i); b != '|' && b != '>' {
		return 0, errPlace
	}
	header := i
	for i < len(data) && data[i] != '\n' && data[i] != '\r' {
		i++
	}
	head := string(data[header+1 : i])
	end := header + 1
	indent, keep := 0, false
	for _, b := range head {
		switch {
		case b >= '1' && b <= '9':
			indent = max(parent, 0) + int(b-'0')
		case b == '+':
			keep = true
		case b == '-':
		default:
			b = 0
		}
		if b == 0 {
			break
		}
		end++
	}
	last := end
	widest := 0
	for i < len(data) {
		i = afterBreak(data, i)
		start := i
		for at(data, i) == ' ' && (indent == 0 || i-start < indent) {
			i++
		}
		column := i - start
		if breakAt(data, i) || i >= len(data) {
			widest = max(widest, column)
			if keep {
				last = i
			}
			continue
		}
		if indent == 0 {
			indent = max(column, widest, parent+1, 1)
		}
		if column < indent {
			break
		}
		for i < len(data) && !breakAt(data, i) {
			i++
		}
		end, last = i, i
	}
	if !keep {
		return end, nil
	}
	// Blank lines up to the one whose break ends the scalar.
	if last > end && last == len(data) {
		if b := at(data, last-1); b == '\n' {
			last--
			if at(data, last-1) == '\r' {
				last--
			}
		}
	}
	return last, nil
}

func breakAt(data []byte, i int) bool {
	b := at(data, i)
	return b == '\n' || b == '\r' || (b > 0x7f && white(data, i) > 0)
}

func afterBreak(data []byte, i int) int {
	if at(data, i) == '\r' && at(data, i+1) == '\n' {
		return i + 2
	}
	return i + max(1, white(data, i))
}

// endOfFlow goes from the end of the last child to behind the closing bracket.
func endOfFlow(data []byte, i int, closing byte) (int, error) {
	for {
		i = skipWhite(data, i)
		switch b := at(data, i); {
		case b == closing:
			return i + 1, nil
		case strings.IndexByte(",:?", b) >= 0 && b != 0:
			i++
		default:
			return 0, errPlace
		}
	}
}
