package yamlpos

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/internal/corpus"
)

// A text that is read in pieces is read as one that is read at once: the same tree, places and diagnostics, or it is left to be read at
// once.
func TestPiecesChangeNothing(t *testing.T) {
	inPieces := 0
	for name, text := range longTexts(t) {
		for _, piece := range []int{1, 100, 2000} {
			inPieces += samePieces(t, name, text, piece)
		}
	}
	if inPieces < 100 {
		t.Errorf("%d texts were read in pieces", inPieces)
	}
}

// The same holds for texts with lines that are cut off, moved or there twice, in which quotes, brackets and blocks end elsewhere.
func TestPiecesOfBrokenTexts(t *testing.T) {
	var texts []string
	for _, text := range longTexts(t) {
		if len(text) < 6000 {
			texts = append(texts, string(text))
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		lines := strings.SplitAfter(rapid.SampledFrom(texts).Draw(rt, "text"), "\n")
		for range rapid.IntRange(1, 3).Draw(rt, "changes") {
			i, j := rapid.IntRange(0, len(lines)-1).Draw(rt, "line"), rapid.IntRange(0, len(lines)-1).Draw(rt, "other")
			switch rapid.IntRange(0, 4).Draw(rt, "change") {
			case 0:
				lines[i] = lines[i][:rapid.IntRange(0, len(lines[i])).Draw(rt, "cut")]
			case 1:
				lines[i], lines[j] = lines[j], lines[i]
			case 2:
				lines[i] += lines[j]
			case 3:
				lines[i] = strings.TrimLeft(lines[i], " ")
			case 4:
				at := rapid.IntRange(0, len(lines[i])).Draw(rt, "at")
				lines[i] = lines[i][:at] + rapid.SampledFrom([]string{"'", "\"", "{", "]", "\n", "|", "&a ", "*a ", "# ", ": ", "- ", "<<: ", "? ", "%", "---\n", "\t"}).Draw(rt, "mark") + lines[i][at:]
			}
		}
		samePieces(rt, "drawn.yaml", []byte(strings.Join(lines, "")), rapid.SampledFrom([]int{1, 40, 500}).Draw(rt, "piece"))
	})
}

// samePieces reads a text both ways. It returns 1 if it could be read in pieces, else 0.
func samePieces(t rapid.TB, name string, text []byte, piece int) int {
	t.Helper()
	parser := func(piece int) *parser {
		return &parser{file: name, data: text, budget: MaxValues, piece: piece, texts: map[string]string{}}
	}
	p := parser(piece)
	root, ok := p.inPieces()
	if !ok {
		return 0
	}
	whole, diagnostics, err := parser(len(text)).parse()
	if err != nil {
		t.Fatalf("%s: read in pieces of %d, but not at once: %v\n%s", name, piece, err, text)
	}
	if where := difference("", root, whole); where != "" {
		t.Fatalf("%s: pieces of %d differ%s\n%s", name, piece, where, text)
	}
	if !reflect.DeepEqual(p.diagnostics, diagnostics) {
		t.Fatalf("%s: pieces of %d tell %v, all at once %v", name, piece, p.diagnostics, diagnostics)
	}
	return 1
}

// difference is the path to the first node in which two trees differ, "" if they do not.
func difference(path string, a, b *Node) string {
	switch {
	case a.Kind != b.Kind || a.Style != b.Style || a.Null != b.Null || a.Quoted != b.Quoted || a.size != b.size || a.Tag != b.Tag ||
		a.Value != b.Value || a.Anchor() != b.Anchor() || a.Span() != b.Span() || len(a.Pairs()) != len(b.Pairs()) || len(a.Items()) != len(b.Items()):
		return path
	case a.Kind == Alias:
		return difference(path+"*", a.Target(), b.Target())
	}
	for i, p := range a.Pairs() {
		q := b.Pairs()[i]
		if p.Merged != q.Merged {
			return path + "/<<"
		}
		for _, d := range []string{difference(path+"/"+p.Key.Value+" (key)", p.Key, q.Key), difference(path+"/"+p.Key.Value, p.Value, q.Value)} {
			if d != "" {
				return d
			}
		}
	}
	for i := range a.Items() {
		if d := difference(path+"/-", a.Items()[i], b.Items()[i]); d != "" {
			return d
		}
	}
	return ""
}

func longTexts(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, dir := range []string{"templates", "sam-golden/input", "sls-golden"} {
		err := filepath.WalkDir(filepath.Join(corpus.Dir(t), dir), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
				return err
			}
			out[name], err = os.ReadFile(name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}
