// Package icon holds the drawings that pictures use as signs.
//
//	assets/icons/NAME.svg --parse--> Icon --> raster, svg, pdf
package icon

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"bulkhead/assets"
	"bulkhead/render"
)

// Box is the side of the square that an icon is drawn in, and Pen the width of its lines there, round at ends
// and corners.
const (
	Box = 24.0
	Pen = 2.0
)

// An Icon is a drawing in one colour.
type Icon struct {
	Name  string
	Parts []Part
}

// A Part is one path of an icon. It is stroked with Pen, and filled as well if Filled.
type Part struct {
	Path   render.Path
	Data   string // as SVG path data
	Filled bool
}

// unknown is drawn for a name that there is no icon of, so that a missing icon shows.
const unknown = "M5 5h14v14h-14z"

var all = sync.OnceValue(func() map[string]*Icon {
	icons, err := read(assets.FS, "icons")
	if err != nil {
		panic(fmt.Sprintf("icon: embedded icons: %v", err)) // the build is broken, not the input
	}
	return icons
})

// Of returns the icon of a name, an empty square if there is none of it.
func Of(name string) *Icon {
	if i := all()[name]; i != nil {
		return i
	}
	p, _ := Path(unknown)
	return &Icon{Name: "unknown", Parts: []Part{{Path: p, Data: unknown}}}
}

// Known reports whether there is an icon of a name.
func Known(name string) bool { return all()[name] != nil }

func read(fsys fs.FS, dir string) (map[string]*Icon, error) {
	names, err := fs.Glob(fsys, dir+"/*.svg")
	if err != nil {
		return nil, err
	}
	icons := make(map[string]*Icon, len(names))
	for _, file := range names {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(file), ".svg")
		i, err := Parse(name, data)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		icons[name] = i
	}
	return icons, nil
}

// Parse reads an icon of the kind in assets: an SVG of path elements in a 24 by 24 box. A path with a fill
// attribute other than "none" is filled. Other elements than svg, g, title, desc and path are an error, because
// they would be missing in the pictures.
func Parse(name string, data []byte) (*Icon, error) {
	i := &Icon{Name: name}
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "path":
			p := Part{}
			for _, a := range e.Attr {
				switch a.Name.Local {
				case "d":
					p.Data = a.Value
				case "fill":
					p.Filled = a.Value != "none"
				}
			}
			if p.Path, err = Path(p.Data); err != nil {
				return nil, err
			}
			i.Parts = append(i.Parts, p)
		case "svg", "g", "title", "desc":
		default:
			return nil, fmt.Errorf("an icon is made of paths, not of <%s>", e.Name.Local)
		}
	}
	if len(i.Parts) == 0 {
		return nil, errors.New("there is no path in it")
	}
	return i, nil
}
