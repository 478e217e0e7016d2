package slides

import (
	"bytes"
	_ "embed" // of the page's template
	"fmt"
	"html/template"
	"io"
	"sync"

	"bulkhead/render"
	"bulkhead/render/svg"
)

//go:embed page.html
var pageText string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("slides").Parse(pageText))
})

type pageSlide struct {
	Slide
	Number      int
	Light, Dark template.HTML
}

// Page writes all slides as one HTML page that needs nothing but itself: each picture in light and in dark colours, its
// note, and the tables that say what it shows.
func Page(w io.Writer, title string, slides []Slide) error {
	var all []pageSlide
	for i, s := range slides {
		p := pageSlide{Slide: s, Number: i + 1}
		for _, x := range []struct {
			palette *render.Palette
			into    *template.HTML
		}{{render.Light, &p.Light}, {render.Dark, &p.Dark}} {
			var b bytes.Buffer
			if err := svg.Write(&b, s.Scene, x.palette, svg.Options{Prefix: fmt.Sprintf("s%d%s", i, x.palette.Name[:1])}); err != nil {
				return fmt.Errorf("slide %s: %w", s.Title, err)
			}
			*x.into = template.HTML(b.String()) //nolint:gosec // our own drawing; its writer escapes every text
		}
		all = append(all, p)
	}
	err := pageTemplate().Execute(w, struct {
		Title  string
		Slides []pageSlide
	}{title, all})
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
