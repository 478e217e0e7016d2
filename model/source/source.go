// Package source says where things stand in a user's files, and edits those files by place.
//
//	bytes --importer--> Span on every element --Edit{Span, New}--> Files.Apply --> bytes
package source

import (
	"fmt"
	"slices"
	"strings"
)

// A Span is a place in a file: bytes for programs, line and column for people.
// The zero Span means "nowhere": a thing that no file of the user's contains.
type Span struct {
	File       string // as opened, slash-separated, relative to the opened folder
	Start, End int    // byte offsets, End exclusive
	Line       int    // of Start, from 1
	Column     int    // of Start in bytes, from 1
}

// IsZero reports whether s is nowhere.
func (s Span) IsZero() bool { return s == Span{} }

// Contains reports whether t lies within s (in the same file; a span contains itself).
func (s Span) Contains(t Span) bool {
	return !s.IsZero() && !t.IsZero() && s.File == t.File && s.Start <= t.Start && t.End <= s.End
}

// String is "file:line", or "" for the zero Span.
func (s Span) String() string {
	if s.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// An Edit replaces the bytes of a span by new text; an empty span (Start == End) inserts.
type Edit struct {
	Span Span
	New  string
}

// Files are file contents by name. A Files is not changed after it is made.
type Files map[string][]byte

// Apply returns the files with all edits made at once. Edits may come in any order; several insertions at
// one place keep their order. It changes nothing and returns an error if an edit names a file that is not
// there, lies outside its file, or overlaps another edit.
func (f Files) Apply(edits []Edit) (Files, error) {
	out := make(Files, len(f))
	for name, data := range f {
		out[name] = data
	}
	byFile := map[string][]Edit{}
	for _, e := range edits {
		data, ok := f[e.Span.File]
		if !ok {
			return nil, fmt.Errorf("edit of %q: not one of the opened files", e.Span.File)
		}
		if e.Span.Start < 0 || e.Span.End < e.Span.Start || e.Span.End > len(data) {
			return nil, fmt.Errorf("edit of %s: bytes %d to %d are outside the file", e.Span, e.Span.Start, e.Span.End)
		}
		byFile[e.Span.File] = append(byFile[e.Span.File], e)
	}
	for name, es := range byFile {
		slices.SortStableFunc(es, func(a, b Edit) int {
			if a.Span.Start != b.Span.Start {
				return a.Span.Start - b.Span.Start
			}
			return a.Span.End - b.Span.End
		})
		data := f[name]
		var b strings.Builder
		at := 0
		for _, e := range es {
			if e.Span.Start < at {
				return nil, fmt.Errorf("edit of %s overlaps an earlier edit", e.Span)
			}
			b.Write(data[at:e.Span.Start])
			b.WriteString(e.New)
			at = e.Span.End
		}
		b.Write(data[at:])
		out[name] = []byte(b.String())
	}
	return out, nil
}
