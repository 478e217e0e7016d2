//go:build !headless

package app

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/hull"
	"bulkhead/render/table"
)

// A job makes the picture and the lists of one state in the background; a newer one ends it.
type job struct {
	cancel context.CancelFunc
	last   ask
}

// An ask is what a picture depends on.
type ask struct {
	state session.State
	look  look
	room  fyne.Size // for the picture, roughly
}

// roomStep is by how much the room for a picture changes before it is laid out anew, in points.
const roomStep = 60

// room is the room for the picture, in whole steps.
func (w *window) room() fyne.Size {
	s := w.canvas.Size()
	whole := func(x float32) float32 { return float32(int(x/roomStep)) * roomStep }
	return fyne.NewSize(whole(s.Width), whole(s.Height))
}

func (j *job) stop() {
	if j.cancel != nil {
		j.cancel()
		j.cancel = nil
	}
	j.last = ask{}
}

func (a ask) same(b ask) bool {
	x, y := a.state, b.state
	return x.Before.Analysis == y.Before.Analysis && x.After.Analysis == y.After.Analysis && x.Before.Design == y.Before.Design &&
		x.After.Design == y.After.Design && x.Start == y.Start && x.Vulnerable == y.Vulnerable && x.Comparison == y.Comparison &&
		x.Selected == y.Selected && a.look == b.look && (a.room == b.room || a.look.chart == view.MapChart || a.look.chart == view.TableChart)
}

// floods reports whether a picture shows another flood of the same design than the one before: the breach, the hop or
// what is taken as vulnerable changed, and nothing else.
func (a ask) floods(b ask) bool {
	if a.state.Start == b.state.Start && a.look.hop == b.look.hop && a.state.Vulnerable == b.state.Vulnerable {
		return false
	}
	b.look.hop = a.look.hop
	return a.look == b.look && a.room == b.room && a.state.Before.Design == b.state.Before.Design && a.state.After.Design == b.state.After.Design && a.look.chart == view.HullChart
}

// mostAround is how many things a breach may reach whose surroundings a map shows: of more, no line could be followed.
const mostAround = 200

// tooWide reports whether the surroundings of the breach are more than a map can show.
func (a ask) tooWide() bool {
	b := a.state.After.Breach
	return a.look.chart == view.MapChart && b != nil && large(a.state.After.Design) && view.Figure(b.Reach, a.state.Vulnerable).Resources > mostAround
}

// widened shows groups where the surroundings of the breach are more than a map can show.
func (a ask) widened() ask {
	if a.look.focus == view.FocusBreach && a.tooWide() {
		a.look.focus = view.FocusAll
	}
	return a
}

// A drawn is the picture that came of an ask.
type drawn struct {
	scene  *render.Scene
	twins  []render.Twin
	beyond *render.Scene   // shown in its place right of a wipe
	groups []render.Bundle // of a large design
	err    error
}

// picture draws the state in the background, and then finds out what takes its time; false where nothing is to be drawn.
// While a design is being analysed, its last picture stays.
func (w *window) picture() bool {
	now := ask{w.state, w.look, w.room()}.widened()
	if w.session == nil || !w.state.Analysed() || now.same(w.job.last) {
		if w.session != nil && !w.state.Analysed() && w.canvas.Scene() == nil {
			w.names()
		}
		return false
	}
	w.job.stop()
	ctx, cancel := context.WithCancel(context.Background())
	w.job.cancel, w.job.last = cancel, now
	if w.working == "" {
		w.busy(drawing)
	}
	show := func(f func()) {
		fyne.Do(func() {
			if ctx.Err() == nil {
				f()
			}
		})
	}
	go func() {
		w.draw(ctx, now, show)
		show(func() {
			w.job.cancel = nil
			if w.working == drawing {
				w.idle()
			}
			w.playOn()
			cancel()
			w.session.CountSea()
			w.effects()
			if st := now.state; !st.Edited && now.look.chart == view.TableChart {
				go w.learned.of(viewOf(st, st.After, 0)) // hull and map will ask
			}
		})
	}()
	return true
}

// drawing is what the window does while a picture takes its time.
const drawing = "Drawing the picture"

// names shows what a design has before anything is known of its breaches.
func (w *window) names() {
	d := w.state.After.Design
	w.outline.Set(view.Outline(d, nil, w.state.After.Measures, false))
	if !large(d) {
		return
	}
	if !w.look.charted {
		w.look.chart = view.TableChart
		w.showRanks()
		w.showTools()
	}
	if w.look.chart == view.TableChart {
		w.ranks.Set(render.Rankings(viewOf(w.state, w.state.After, 0), nil))
	}
}

// draw makes the lists and the picture of an ask and shows them: of a large design one after the other, what is looked at
// first; of a small one all at once, so that what is seen together changes together.
func (w *window) draw(ctx context.Context, a ask, show func(func())) {
	shown := a.state.After
	if a.look.side == view.Before {
		shown = a.state.Before
	}
	big := large(shown.Design)
	var all []func()
	say := func(f func()) {
		if big {
			show(f)
		} else {
			all = append(all, f)
		}
	}
	before, after := viewOf(a.state, a.state.Before, a.look.hop), viewOf(a.state, shown, a.look.hop)
	var ranks *render.Ranking
	if a.look.chart == view.TableChart {
		ranks = w.learned.ranking(after, before)
		say(func() {
			w.ranks.Set(ranks)
			w.ranks.Select(w.state.Selected)
			if big && w.working == drawing {
				w.idle() // what is looked at is there; the rest is for the export
			}
		})
	}
	rows := w.learned.outline(shown, a.state.Vulnerable, a.look.stacked)
	stacks := len(shown.Design.Stacks())
	say(func() {
		w.outline.SetStacks(stacks, a.look.stacked)
		w.outline.Set(rows)
	})
	lists := func() {
		if ctx.Err() != nil {
			return
		}
		floods := view.FloodsOf(shown, a.state.Vulnerable, a.look.hop)
		say(func() {
			w.floods.Set(floods)
			w.decks.Refresh() // the reasons take the room that they need
		})
	}
	if ranks != nil || !big {
		lists()
	}
	d := w.scene(ctx, a, ranks, after)
	say(func() { w.showPicture(a, d) })
	if ranks == nil && big {
		lists()
	}
	say(w.showTools)
	if !big {
		show(func() {
			for _, f := range all {
				f()
			}
		})
	}
}

// scene draws the picture.
func (w *window) scene(ctx context.Context, a ask, ranks *render.Ranking, after render.View) drawn {
	var d drawn
	if large(after.Design) {
		d.groups = render.Bundles(after.Design)
	}
	switch {
	case ctx.Err() != nil:
		d.err = ctx.Err()
	case ranks != nil: // to be exported: the table is shown by its own
		r := *ranks
		r.Sea = render.SeaOfAll(after)
		d.scene, d.twins = table.Draw(font.Metrics(), &r), r.Twins()
	case a.look.chart == view.HeatChart:
		rows, cols := table.Room(float64(a.room.Width), float64(a.room.Height))
		heat := render.Heats(after, rows, cols)
		heat.Sea = render.SeaOfAll(after)
		d.scene, d.twins = table.DrawHeat(font.Metrics(), heat), heat.Twins()
	default:
		w.chart(ctx, a, &d)
	}
	return d
}

// showPicture shows what was drawn for an ask.
func (w *window) showPicture(a ask, d drawn) {
	if d.err != nil {
		if !errors.Is(d.err, context.Canceled) {
			w.fail("Draw the picture", d.err)
		}
		return
	}
	w.twins = d.twins
	if d.beyond == nil && !w.still() && a.floods(w.shown) {
		w.canvas.Rise(d.scene)
	} else {
		w.canvas.SetScene(d.scene)
	}
	w.shown = a
	for _, c := range w.turn {
		if w.canvas.Turn(c) || slices.ContainsFunc(functionsOf(a.state.After.Design, c), w.canvas.Turn) {
			break
		}
	}
	w.turn = nil
	w.canvas.SetWipe(d.beyond)
	w.canvas.Select(w.pictured(w.state.Selected))
	groups := d.groups
	if a.look.chart == view.TableChart || a.look.chart == view.HeatChart {
		groups = nil
	}
	all := "the worst, as far as there is room"
	if a.look.chart == view.MapChart {
		all = "everything"
	}
	if d := w.early; d != nil && w.canvas.Scene() != nil { // the picture can be exported now
		d.Hide()
		w.export()
	}
	around := view.Name(a.state.After.Design, a.state.Start)
	if a.tooWide() {
		around = ""
	}
	w.focus.Set(groups, around, all, a.look.focus)
	w.decks.Top.Refresh()
}

// functionsOf are the functions of a compartment.
func functionsOf(d *model.Design, compartment model.ID) []model.ID {
	for _, c := range d.Compartments() {
		if c.ID == compartment {
			return c.Functions
		}
	}
	return nil
}

// large reports whether a design has more compartments than a hull has bays.
func large(d *model.Design) bool { return len(d.Compartments()) > render.MostBays }

// chart draws one side or both. Even one side is laid out with the other, so that things keep their places.
func (w *window) chart(ctx context.Context, a ask, d *drawn) {
	diagrams, scenes, err := w.pictures(ctx, a)
	if err != nil {
		d.err = err
		return
	}
	both := len(scenes) == 2 && a.look.side == view.Both
	shown := len(scenes) - 1
	if a.look.side == view.Before {
		shown = 0
	}
	for i, x := range diagrams {
		if both || i == shown {
			for _, t := range x.Twins() {
				if both {
					t.Title += map[int]string{0: ", before", 1: ", after"}[i]
				}
				d.twins = append(d.twins, t)
			}
		}
	}
	switch {
	case both && a.look.wipe:
		d.scene, d.beyond = scenes[0], scenes[1]
	case both && a.look.chart == view.MapChart:
		d.scene = render.Beside(scenes...)
	case both:
		d.scene = render.Stack(scenes...)
	default:
		d.scene = scenes[shown]
	}
}

// pictures lays out the design, or both where something was edited: before and after.
func (w *window) pictures(ctx context.Context, a ask) ([]*render.Diagram, []*render.Scene, error) {
	before, after := viewOf(a.state, a.state.Before, a.look.hop), viewOf(a.state, a.state.After, a.look.hop)
	room := hull.Layout{Width: float64(a.room.Width), Height: float64(a.room.Height)}
	if a.state.Edited && (a.look.side != view.Both || a.look.wipe) && a.state.Import.Source != nil {
		room.Height *= 2 // of the two that are laid out together, one has all the room
	}
	var layout render.Layout = room
	if a.look.chart == view.MapChart {
		layout = w.maps
	}
	w.learned.focus(a, &before, &after)
	var diagrams []*render.Diagram
	if blank := a.state.Import.Source == nil && a.look.side == view.After; !a.state.Edited || blank {
		diagrams = []*render.Diagram{render.Draw(after)}
	} else {
		before.Title, after.Title = "", "" // they are called Before and After
		b, n := render.Compare{Before: before, After: after, Comparison: a.state.Comparison}.Draw()
		diagrams = []*render.Diagram{b, n}
	}
	scenes, err := layout.Layout(ctx, font.Metrics(), diagrams...)
	return diagrams, scenes, err
}

// viewOf is one side as a picture shows it.
func viewOf(st session.State, s session.Side, hop int) render.View {
	return render.View{Title: st.Title, Design: s.Design, Analysis: s.Analysis, Breach: s.Breach, Measures: s.Measures, Vulnerable: st.Vulnerable, Hop: hop}
}
