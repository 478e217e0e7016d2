//go:build !headless

package app

import (
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
)

// shownSide is the side whose breach the lists are of.
func (w *window) shownSide() session.Side {
	if w.look.side == view.Before {
		return w.state.Before
	}
	return w.state.After
}

// showWays shows how a breach reaches something, and offers to take away the statements without which it does not.
func (w *window) showWays(from, target model.ID) {
	side := w.shownSide()
	if w.session == nil || side.Analysis == nil || from == "" || target == "" {
		return
	}
	a, s := side.Analysis, w.session
	var ways []reach.Way
	w.background("Looking for ways to "+view.Name(side.Design, target), func(context.Context) error {
		ways = a.Ways(from, target, view.MostWays)
		return nil
	}, func() {
		if w.session == s {
			w.offerWall(side, from, target, ways)
		}
	})
}

// offerWall shows ways and, when it is found, the wall that would stop them.
func (w *window) offerWall(side session.Side, from, target model.ID, ways []reach.Way) {
	d := side.Design
	v := view.NewWays(d, ways)
	v.OnSource = w.showSource
	sheet := view.NewSheet(fmt.Sprintf("How a breach of %s reaches %s", view.Name(d, from), view.Name(d, target)), "", v.Root)
	sheet.Width, sheet.Height = 860, v.Need(812)
	sheet.Leave("Close")
	ctx, cancel := context.WithCancel(context.Background())
	var edits []edit.Edit
	take := sheet.Act("Take them away", view.Primary, func() { w.takeWall(edits) })
	take.Disabled, take.Tip = true, "The fewest statements are being looked for"
	w.present(sheet, cancel)
	s, vulnerable, now := w.session, w.state.Vulnerable, w.state.After.Design == d
	go func() {
		o := view.WallOffer{}
		o.Wall, o.Err = side.Analysis.Wall(ctx, from, target)
		var found []edit.Edit
		if o.Wall != nil && o.Err == nil {
			found, o.Rest = session.WallEdits(d, o.Wall)
			o.Losses = side.Analysis.Losses(o.Wall)
			if now && len(o.Rest) == 0 {
				o.Effect, o.Stops, o.Err = weighed(ctx, side.Analysis, found, from, vulnerable)
			}
		}
		fyne.Do(func() {
			if ctx.Err() != nil || w.session != s {
				return
			}
			v.SetWall(o)
			edits = found
			take.Disabled, take.Tip = false, "Each statement goes as an edit of its own, to be undone (Ctrl+Z)"
			if len(edits) == 1 {
				take.Label, take.Tip = "Take it away", "An edit, to be undone (Ctrl+Z)"
			}
			switch {
			case o.Wall == nil || len(o.Wall.Statements) == 0:
				take.Disabled, take.Tip = true, "There is nothing to take away"
			case len(o.Rest) > 0:
				take.Disabled, take.Tip = true, "Not all of them stand in policies of roles and users"
			case !now:
				take.Disabled, take.Tip = true, "This is the design as it was: edits are of the one after"
			case o.Err != nil:
				take.Disabled, take.Tip = true, "It would be refused"
			}
			take.Refresh()
		})
	}()
}

// weighed is what edits come to together, one after the other, for a breach, and what they stop.
func weighed(ctx context.Context, was *reach.Analysis, edits []edit.Edit, from model.ID, vulnerable bool) (effect view.Effect, stops []string, err error) {
	d := was.Design()
	for _, e := range edits {
		r, err := edit.ApplyUntil(ctx, e, d)
		if err != nil {
			return view.Effect{}, nil, err
		}
		d = r.Design
		stops = append(stops, r.Warnings...)
	}
	a, err := reach.Analyze(ctx, d, catalog.Load(), was)
	if err != nil {
		return view.Effect{}, nil, err
	}
	slices.Sort(stops)
	return view.EffectOf(was.Breach(from), a.Breach(from), vulnerable), slices.Compact(stops), nil
}

// takeWall does a wall's edits, each proven first.
func (w *window) takeWall(edits []edit.Edit) {
	for _, e := range edits {
		w.do(e)
	}
}
