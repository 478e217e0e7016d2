//go:build !headless

package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/canvas"
	"bulkhead/app/session"
	"bulkhead/app/theme"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/hull"
	"bulkhead/render/pdf"
	"bulkhead/render/png"
	"bulkhead/render/slides"
	"bulkhead/render/svg"
)

// Of the functions that can be presented, so many are offered and so many of these chosen.
const (
	mostOffered   = 12
	mostPresented = 3
)

// A presentation is what is shown step by step, in the place of the window's content.
type presentation struct {
	slides  []slides.Slide
	page    *view.Presenter
	picture *canvas.Canvas
	behind  fyne.CanvasObject // the window's content
	full    bool              // the window was full before
}

// askPresent asks which breaches are to be shown, and what to do with the steps.
func (w *window) askPresent() {
	if w.session == nil || !w.state.Analysed() {
		return
	}
	st := w.state
	before := viewOf(st, st.Before, 0)
	var starts []model.ID
	if st.Start != "" {
		starts = append(starts, st.Start)
	}
	for _, r := range render.Rankings(before, nil).Ranks {
		if len(starts) < mostOffered && !slices.Contains(starts, r.Start) {
			starts = append(starts, r.Start)
		}
	}
	names := make([]string, len(starts))
	for i, id := range starts {
		names[i] = "Breach of " + nameIn(st, id)
	}
	checks := view.NewChecks(names)
	checks.Choose(mostPresented)
	chosen := func(then func([]model.ID)) func() {
		return func() {
			var ids []model.ID
			for _, i := range checks.Chosen() {
				ids = append(ids, starts[i])
			}
			then(ids)
		}
	}
	d := view.NewSheet("Present", "Before, the breaches chosen here, after, and the figures: a step each.", checks.Root)
	d.Width = 640
	d.Also("Save as pictures…", true, chosen(w.savePictures))
	d.Also("Save as page or PDF…", true, chosen(w.saveSlides))
	d.Leave("Cancel")
	d.Act("Present", view.Primary, chosen(func(ids []model.ID) { w.makeSlides(ids, w.startPresenting) }))
	w.present(d, nil)
}

func nameIn(st session.State, id model.ID) string {
	if st.After.Design.Element(id) != nil {
		return view.Name(st.After.Design, id)
	}
	return view.Name(st.Before.Design, id)
}

// makeSlides draws the steps in the background.
func (w *window) makeSlides(starts []model.ID, then func([]slides.Slide)) {
	st, s := w.state, w.session
	var all []slides.Slide
	w.background("Drawing the steps", func(ctx context.Context) (err error) {
		compare := func(st session.State) render.Compare {
			return render.Compare{Before: viewOf(st, st.Before, 0), After: viewOf(st, st.After, 0), Comparison: st.Comparison}
		}
		var breaches []slides.Breach
		for _, id := range starts {
			breaches = append(breaches, slides.Breach{Key: string(id), Name: nameIn(st, id), Compare: compare(st.Breached(id))})
		}
		all, err = slides.Draw(ctx, presentLayout(st), font.Metrics(), slides.Steps(compare(st.Breached("")), breaches), st.Notes)
		return err
	}, func() {
		if w.session == s {
			then(all)
		}
	})
}

// presentLayout is what the steps of a design are laid out for: the fewer bays there are, the larger is what is written in them.
func presentLayout(st session.State) hull.Layout {
	const bay, beside = 150, 120
	bays := max(len(st.Before.Design.Compartments()), len(st.After.Design.Compartments()))
	width := float64(min(max(beside+bay*bays, presentLeast), presentWidth))
	return hull.Layout{Width: width, Height: width * presentHeight / presentWidth}
}

// presentWidth and presentHeight are what steps are laid out for, in points: less than a screen has, so that what is written can be
// read across a room. largestPresented is how large they are then shown.
const (
	presentWidth, presentHeight = 1080, 640
	presentLeast                = 760
	largestPresented            = 4
)

// startPresenting fills the screen with the steps.
func (w *window) startPresenting(all []slides.Slide) {
	if len(all) == 0 || w.showing != nil {
		return
	}
	p := &presentation{slides: all, picture: canvas.New(), behind: w.win.Content(), full: w.win.FullScreen()}
	p.picture.Most = largestPresented
	p.page = view.NewPresenter(p.picture)
	p.page.OnLeave = w.stopPresenting
	p.page.OnGo = w.showSlide
	p.page.OnNote = func(text string) {
		step, _ := p.page.At()
		p.slides[step].Note = text
		w.session.Note(p.slides[step].Key, text)
	}
	w.showing = p
	w.win.SetMainMenu(nil)
	w.win.SetContent(view.WithTips(p.page.Root))
	w.win.SetFullScreen(true)
	w.win.Canvas().Unfocus()
	w.showSlide(0)
}

func (w *window) showSlide(step int) {
	p := w.showing
	if p == nil || step < 0 || step >= len(p.slides) {
		return
	}
	s := p.slides[step]
	p.picture.SetScene(s.Scene)
	p.picture.Fit()
	p.page.Show(step, len(p.slides), s.Title, strings.Trim(s.Claim.Figure+" · "+s.Claim.Noun, " ·"), s.Note)
}

// stopPresenting goes back to the window.
func (w *window) stopPresenting() {
	p := w.showing
	if p == nil {
		return
	}
	w.showing = nil
	w.win.SetFullScreen(p.full)
	w.win.SetContent(p.behind)
	w.win.SetMainMenu(w.menu.main)
}

// presentKey takes a key while steps are shown.
func (w *window) presentKey(e *fyne.KeyEvent) {
	p := w.showing.page
	at, of := p.At()
	switch e.Name {
	case fyne.KeyRight, fyne.KeyPageDown, fyne.KeyDown, fyne.KeySpace, fyne.KeyReturn:
		p.Go(at + 1)
	case fyne.KeyLeft, fyne.KeyPageUp, fyne.KeyUp, fyne.KeyBackspace:
		p.Go(at - 1)
	case fyne.KeyHome:
		p.Go(0)
	case fyne.KeyEnd:
		p.Go(of - 1)
	case fyne.KeyEscape:
		w.stopPresenting()
	}
}

// saveSlides writes the steps as one page or one PDF.
func (w *window) saveSlides(starts []model.ID) {
	title, palette := w.state.Title, theme.Palette()
	w.makeSlides(starts, func(all []slides.Slide) {
		w.saveFile("Save the steps", stem(w.state.Path)+"-review.html", []string{".html", ".pdf"}, func(name string) ([]byte, error) {
			var b bytes.Buffer
			if strings.EqualFold(filepath.Ext(name), ".pdf") {
				var scenes []*render.Scene
				for _, s := range all {
					scenes = append(scenes, s.Scene)
				}
				err := pdf.Write(&b, palette, pdf.Paper{}, scenes...)
				return b.Bytes(), err
			}
			err := slides.Page(&b, title, all)
			return b.Bytes(), err
		})
	})
}

// savePictures writes each step as SVG and PNG into a folder.
func (w *window) savePictures(starts []model.ID) {
	palette := theme.Palette()
	w.makeSlides(starts, func(all []slides.Slide) {
		w.chooseFolder("Save the steps in which folder?", "Save here", func(dir string) {
			w.background("Writing the steps", func(context.Context) error {
				for i, s := range all {
					var v, p bytes.Buffer
					if err := svg.Write(&v, s.Scene, palette, svg.Options{}); err != nil {
						return err
					}
					if err := png.Write(&p, s.Scene, palette, png.Fit(s.Scene, 2)); err != nil {
						return err
					}
					for ext, data := range map[string][]byte{"svg": v.Bytes(), "png": p.Bytes()} {
						if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("step-%02d.%s", i+1, ext)), data, 0o644); err != nil { //nolint:gosec // pictures to hand around
							return err
						}
					}
				}
				return nil
			}, func() { w.tell("Written", fmt.Sprintf("%d steps in %s", len(all), dir)) })
		})
	})
}
