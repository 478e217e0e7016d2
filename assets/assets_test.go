package assets_test

import (
	"bytes"
	"encoding/xml"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bulkhead/assets"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := assets.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every file of data and fonts that comes from elsewhere stands in SOURCES.md with a version and a licence.
func TestSources(t *testing.T) {
	var rows [][]string
	for line := range strings.Lines(string(read(t, "SOURCES.md"))) {
		if cells := strings.Split(line, "|"); len(cells) == 7 && !strings.HasPrefix(cells[1], "---") && strings.TrimSpace(cells[1]) != "files" {
			rows = append(rows, cells[1:6])
		}
	}
	licences := regexp.MustCompile(`^(MIT|Apache-2\.0|MIT AND OFL-1\.1)$`)
	for _, dir := range []string{"data", "fonts"} {
		entries, err := assets.FS.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() == "OFL.txt" {
				continue
			}
			found := 0
			for _, r := range rows {
				for pattern := range strings.SplitSeq(r[0], ",") {
					if ok, _ := path.Match(strings.TrimSpace(pattern), dir+"/"+e.Name()); !ok {
						continue
					}
					found++
					if !strings.ContainsAny(r[2], "0123456789") || !licences.MatchString(strings.TrimSpace(r[3])) {
						t.Errorf("%s has version %q and licence %q", e.Name(), r[2], r[3])
					}
				}
			}
			if found != 1 {
				t.Errorf("%s/%s stands %d times in SOURCES.md", dir, e.Name(), found)
			}
		}
	}
	if ofl := string(read(t, "fonts/OFL.txt")); !strings.Contains(ofl, "The Inter Project Authors") || !strings.Contains(ofl, "SIL OPEN FONT LICENSE Version 1.1") {
		t.Error("the font's licence is not beside it")
	}
}

// The blocks that an index names fill its pack without gap, in order of the keys.
func TestPacks(t *testing.T) {
	for _, name := range []string{"policies"} {
		size, end, last := len(read(t, "data/"+name+".pack")), 0, ""
		start := -1
		for line := range strings.Lines(string(read(t, "data/"+name+".idx"))) {
			f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			at, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			length, err := strconv.Atoi(f[2])
			if err != nil {
				t.Fatal(err)
			}
			if f[0] <= last {
				t.Errorf("%s.idx: %s stands after %s", name, f[0], last)
			}
			last = f[0]
			if at != start {
				if at != end {
					t.Errorf("%s.idx: the block of %s begins at %d, the one before ends at %d", name, f[0], at, end)
				}
				start, end = at, at+length
			}
		}
		if end != size {
			t.Errorf("the blocks of %s end at %d of %d bytes", name, end, size)
		}
	}
}

// Icons are drawn with what every writer understands.
func TestIcons(t *testing.T) {
	data := regexp.MustCompile(`^M[MLHVCAZmlhvcaz0-9 .\-]+$`)
	names, err := fs.Glob(assets.FS, "icons/*.svg")
	if err != nil || len(names) == 0 {
		t.Fatalf("no icons: %v", err)
	}
	for _, name := range names {
		paths := 0
		for d := xml.NewDecoder(bytes.NewReader(read(t, name))); ; {
			token, err := d.Token()
			if token == nil {
				break
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			attr := map[string]string{}
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			switch e.Name.Local {
			case "svg":
				if attr["viewBox"] != "0 0 24 24" || attr["stroke-width"] != "2" || attr["fill"] != "none" {
					t.Errorf("%s is of another style: %v", name, attr)
				}
			case "path":
				paths++
				if !data.MatchString(attr["d"]) || len(e.Attr) != 1 {
					t.Errorf("%s has the path %v", name, attr)
				}
			default:
				t.Errorf("%s has a <%s>", name, e.Name.Local)
			}
		}
		if paths == 0 {
			t.Errorf("%s draws nothing", name)
		}
	}
}

func TestFonts(t *testing.T) {
	for _, weight := range []string{"Regular", "Medium", "Bold"} {
		if b := read(t, "fonts/Inter-"+weight+".ttf"); !bytes.HasPrefix(b, []byte{0, 1, 0, 0}) {
			t.Errorf("Inter-%s.ttf is no TrueType font", weight)
		}
	}
}
