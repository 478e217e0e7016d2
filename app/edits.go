//go:build !headless

package app

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// proofs are edits that are being proven, aside, one after the other in the order in which they were made.
type proofs struct {
	waiting []unproven
	cancel  context.CancelFunc // of the one that is being proven; nil: none is
}

// An unproven is an edit that is to be proven, and what is to be done when it was done; nil: nothing.
type unproven struct {
	edit edit.Edit
	then func()
}

// stop leaves out what is not done yet; false where there is nothing.
func (p *proofs) stop() bool {
	if p.cancel == nil {
		return false
	}
	p.cancel()
	*p = proofs{}
	return true
}

// unwait leaves out the edit that was made last and whose proof has not begun; false where there is none.
func (p *proofs) unwait() bool {
	n := len(p.waiting)
	if n > 0 {
		p.waiting = p.waiting[:n-1]
	}
	return n > 0
}

// do makes an edit when it is proven. What it would stop is shown as a strip; a refusal says why, with the request that shows it.
func (w *window) do(e edit.Edit) { w.doThen(e, nil) }

// doThen is do that goes on with something when the edit was done.
func (w *window) doThen(e edit.Edit, then func()) {
	if w.session == nil {
		return
	}
	w.proofs.waiting = append(w.proofs.waiting, unproven{e, then})
	if w.proofs.cancel == nil {
		w.prove()
	}
}

// prove goes on with the edits that wait.
func (w *window) prove() {
	if len(w.proofs.waiting) == 0 {
		return
	}
	next, s := w.proofs.waiting[0], w.session
	e := next.edit
	w.proofs.waiting = w.proofs.waiting[1:]
	ctx, cancel := context.WithCancel(context.Background())
	w.proofs.cancel = cancel
	doing := "Proving “" + e.String() + "”"
	w.busy(doing)
	go func() {
		r, err := s.DoUnless(ctx, e)
		fyne.Do(func() {
			if ctx.Err() != nil || w.session != s {
				return // who cancelled it told so
			}
			cancel()
			w.proofs.cancel = nil
			if w.working == doing {
				w.idle()
			}
			if err != nil {
				w.proofs.waiting = nil // they were made for a design with this one
				w.refused(e, err)
				return
			}
			if w.look.side == view.Before && w.state.Edited {
				w.showSide(view.After) // where the edit shows
			}
			w.remarks(e, r)
			if next.then != nil {
				next.then()
			}
			w.prove()
		})
	}()
}

// showRemarks lists what an edit means, all of it.
func (w *window) showRemarks(remarks []view.Remark) {
	all := view.Findings{Icon: "warning", Color: render.Crown}
	for _, r := range remarks {
		all.Lines = append(all.Lines, r.Text)
	}
	d := view.NewSheet(w.state.Undo, "What the edit means, as far as it can be told.", view.NewFindings(all))
	d.Width = 660
	d.Act("Close", view.Primary, func() {})
	w.present(d, nil)
}

func (w *window) remarks(e edit.Edit, r *edit.Result) {
	var rs []view.Remark
	if r.Unproven != "" {
		rs = append(rs, view.Remark{Text: fmt.Sprintf("%s is not proven to allow nothing new: %s", e, r.Unproven)})
	}
	warnings := r.Warnings
	if g, ok := e.(*edit.Grant); ok && r.Widens { // by hand, and meant
		rs = append(rs, view.Remark{Text: view.Granted(r.Design, g), Fine: true, Action: "undo", OnTap: w.undo})
		warnings = warnings[:len(warnings)-1]
	}
	for _, text := range warnings {
		rs = append(rs, view.Remark{Text: upper(text), Action: "undo", OnTap: w.undo})
	}
	if own, ok := e.(*edit.OwnRole); ok && own.Needs && len(w.proofs.waiting) == 0 {
		rs = append(rs, w.alike(r.Design)...)
	}
	w.strip.Forget(rs...)
}

// mostAlike is how many functions a design has at most that are looked through after an edit.
const mostAlike = 200

// alike offers to give the other functions that have a role of the transform's, with more than they need, one of their own too.
func (w *window) alike(d *model.Design) []view.Remark {
	if len(d.Functions()) > mostAlike {
		return nil
	}
	var more []edit.Edit
	for _, role := range d.Roles() {
		for _, e := range edit.Needed(d, role.ID) {
			if _, own := e.(*edit.OwnRole); own {
				more = append(more, e)
			}
		}
	}
	if len(more) == 0 {
		return nil
	}
	text := fmt.Sprintf("%d more functions have roles that allow more than they need in the same way.", len(more))
	if len(more) == 1 {
		text = "One more function has a role that allows more than it needs in the same way."
	}
	return []view.Remark{{Text: text, Fine: true, Action: "do it for all", OnTap: func() {
		w.strip.Clear()
		for _, e := range more {
			w.do(e)
		}
	}}}
}

func (w *window) refused(e edit.Edit, err error) {
	var r *edit.Refusal
	if !errors.As(err, &r) {
		w.strip.Forget(view.Remark{Text: err.Error(), Grave: true})
		return
	}
	if confirmed := confirm(e); r.Undecided && confirmed != nil {
		w.warn(e.String()+"?", r.Error()+"\n\nIt would be recorded as not proven.", "Do it anyway", "Leave it", func() { w.do(confirmed) })
		return
	}
	w.strip.Forget(view.Remark{Text: fmt.Sprintf("%s was refused. %s", e, r.Error()), Grave: true})
}

// confirm is the same edit with its Confirm set; nil for edits that have none.
func confirm(e edit.Edit) edit.Edit {
	v := reflect.ValueOf(e)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	c := reflect.New(v.Elem().Type())
	c.Elem().Set(v.Elem())
	f := c.Elem().FieldByName("Confirm")
	if !f.IsValid() || f.Bool() {
		return nil
	}
	f.SetBool(true)
	out, _ := c.Interface().(edit.Edit)
	return out
}

// keepActions asks which of the actions that a wildcard stands for are to stay.
func (w *window) keepActions(c view.Card, chip view.Chip) {
	chooser := view.NewActionChooser(edit.ExpandActions(chip.Value))
	d := view.NewSheet("Keep only what is needed of "+chip.Text, "", chooser.Root)
	d.Width, d.Height = 600, chooser.Need()
	d.Leave("Cancel")
	d.Act("Keep these", view.Primary, func() {
		w.do(c.Replaced(w.state.After.Design, true, chip.Value, chooser.Chosen()))
	})
	w.present(d, nil)
	w.chooser = chooser
}

// narrowResources asks which of the design's own things a pattern is to stand for.
func (w *window) narrowResources(c view.Card, chip view.Chip) {
	var own []string
	if c.Narrow != nil {
		own = c.Narrow.Resources
	}
	chooser := view.NewResourceChooser(w.state.After.Design, own)
	d := view.NewSheet("Narrow "+chip.Text+" to these alone", "", chooser.Root)
	d.Width, d.Height = 560, chooser.Need()
	d.Leave("Cancel")
	d.Act("Only these", view.Primary, func() {
		w.do(c.Replaced(w.state.After.Design, false, chip.Value, chooser.Chosen()))
	})
	w.present(d, nil)
	w.chooser = chooser
}

// replaceManaged asks what of a policy by AWS is needed, and puts that in its place: what the triggers and the log of the
// role's functions use is chosen at first. On which resources, the edit finds.
func (w *window) replaceManaged(holder model.ID, p view.PolicyCard) {
	var actions []string
	for _, c := range p.Cards {
		for _, a := range c.Actions {
			if !c.Deny && !c.NotAction {
				actions = append(actions, a.Value)
			}
		}
	}
	chooser := view.NewActionChooser(edit.ExpandActions(actions...), edit.NeededActions(w.state.After.Design, holder, p.ID)...)
	if len(chooser.Chosen()) > 0 {
		chooser.Explain("Chosen is what its triggers, its log and its configuration use. That is kept on just what they use it on.")
	}
	d := view.NewSheet("Replace "+p.Name+" by what is needed of it", "", chooser.Root)
	d.Width, d.Height = 600, chooser.Need()
	d.Leave("Cancel")
	d.Act("Replace", view.Primary, func() {
		r := &edit.ReplaceManaged{Role: holder, ARN: p.ARN}
		if kept := chooser.Chosen(); len(kept) > 0 {
			r.With.Accesses = []edit.Access{{Actions: kept}}
		}
		w.do(r)
	})
	w.present(d, nil)
	w.chooser = chooser
}

// giveRole gives a function whose role the transform makes one of its own: with what it needs where that is less.
func (w *window) giveRole(role model.ID) {
	if w.session == nil {
		return
	}
	if e := edit.OwnRoleOf(w.state.After.Design, role); e != nil {
		w.do(e)
	}
}

// tightenAll offers every narrowing of a role's statements at once.
func (w *window) tightenAll(role model.ID) {
	if w.session == nil || role == "" {
		return
	}
	d, s := w.state.After.Design, w.session
	var cards []view.PolicyCard
	w.background("Looking for what could be tighter", func(context.Context) error {
		cards = view.PoliciesOf(d, role)
		return nil
	}, func() {
		if w.session == s && w.state.After.Design == d {
			w.offerTightening(role, cards)
		}
	})
}

// offerTightening asks which of the narrowings of a role's statements are to be done.
func (w *window) offerTightening(role model.ID, cards []view.PolicyCard) {
	d := w.state.After.Design
	var offers []view.Suggestion
	var names []string
	for _, p := range cards {
		if p.Needed != nil {
			offers = append(offers, view.Suggestion{Key: strconv.Itoa(len(offers)), Edit: p.Needed})
			names = append(names, p.Name+": "+strings.ToLower(p.Needs[:1])+p.Needs[1:])
			if own, ok := p.Needed.(*edit.OwnRole); ok {
				names[len(names)-1] = "Give " + view.Name(d, own.Function) + " " + strings.ToLower(p.Needs[:1]) + p.Needs[1:]
			}
		}
		for _, c := range p.Cards {
			if c.Narrow != nil {
				offers = append(offers, view.Suggestion{Key: strconv.Itoa(len(offers)), Edit: c.Narrow})
				names = append(names, statementName(c.Title)+": "+strings.ToLower(c.NarrowTo[:1])+c.NarrowTo[1:])
			}
		}
	}
	if len(offers) == 0 {
		w.tell("Tighten "+view.Name(d, role), untightened(d, role, cards))
		return
	}
	checks := view.NewChecks(names)
	ctx, cancel := context.WithCancel(context.Background())
	w.weigh(ctx, w.breachOf(role), offers, func(key string, e view.Effect) {
		if i, err := strconv.Atoi(key); err == nil {
			checks.Say(i, e)
		}
	})
	sheet := view.NewSheet("Tighten "+view.Name(d, role)+" to this design", "Each is proven to allow nothing new before it is done.", checks.Root)
	sheet.Width = 620
	sheet.Leave("Cancel")
	sheet.Act("Tighten", view.Primary, func() {
		var rs []view.Remark
		s, chosen, done := w.session, checks.Chosen(), 0
		w.background("Tightening", func(ctx context.Context) error { // each is proven first
			for _, i := range chosen {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				r, err := s.DoUnless(ctx, offers[i].Edit)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err != nil {
					rs = append(rs, view.Remark{Text: err.Error(), Grave: true})
					continue
				}
				done++
				for _, text := range r.Warnings {
					rs = append(rs, view.Remark{Text: upper(text)})
				}
			}
			return nil
		}, func() {
			if done > 0 {
				rs = append([]view.Remark{w.tightened(role, done)}, rs...)
			}
			w.strip.Forget(rs...)
		})
	})
	w.present(sheet, cancel)
}

// tightened says what was done to a role, and how it gets into the source.
func (w *window) tightened(role model.ID, steps int) view.Remark {
	text := fmt.Sprintf("%s allows less: %d steps, each proven to allow nothing new.", view.Name(w.session.State().After.Design, role), steps)
	if steps == 1 {
		text = fmt.Sprintf("%s allows less, proven to allow nothing new.", view.Name(w.session.State().After.Design, role))
	}
	r := view.Remark{Text: text, Fine: true}
	if _, patches := w.state.Import.Source.(importers.Patcher); patches {
		r.Action, r.OnTap = "see the patch", w.previewPatch
	}
	return r
}

// statementName is what a card's title calls a statement: "3 Files" or "Statement 3".
func statementName(title string) string {
	if strings.HasPrefix(title, "Statement ") {
		return title
	}
	return "Statement " + title
}

// effects computes in the background what the inspector's suggestions would come to.
func (w *window) effects() {
	if w.weighing != nil {
		w.weighing()
		w.weighing = nil
	}
	suggestions := w.inspect.Suggestions()
	now := w.state
	if w.session == nil || !now.Analysed() || len(suggestions) == 0 || now.Start == "" || w.job.cancel != nil { // the picture first
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.weighing = cancel
	w.weigh(ctx, now.Start, suggestions, w.inspect.SetEffect)
}

// weigh computes in the background what each of some edits would come to for a breach, and says it.
func (w *window) weigh(ctx context.Context, from model.ID, offers []view.Suggestion, say func(key string, e view.Effect)) {
	now, s := w.state, w.session
	if s == nil || !now.Analysed() {
		return
	}
	go func() {
		was := now.After.Analysis.Breach(from)
		for _, x := range offers {
			if ctx.Err() != nil {
				return
			}
			r, err := s.TryUntil(ctx, x.Edit)
			if err != nil || was == nil {
				continue
			}
			a, err := reach.Analyze(ctx, r.Design, catalog.Load(), now.After.Analysis)
			if err != nil {
				return
			}
			effect := view.EffectOf(was, a.Breach(from), now.Vulnerable)
			if r.Stops {
				effect = view.Effect{Text: "stops something"}
			}
			fyne.Do(func() {
				if ctx.Err() == nil && w.session == s {
					say(x.Key, effect)
				}
			})
		}
	}()
}

// breachOf is where the breach starts that an edit of a role is weighed by: the start that is shown if it has the role,
// else the first function that has it, else the role itself.
func (w *window) breachOf(role model.ID) model.ID {
	d := w.state.After.Design
	if f := d.Function(w.state.Start); f != nil && f.Role == role {
		return f.ID
	}
	for _, f := range d.Functions() {
		if f.Role == role {
			return f.ID
		}
	}
	return role
}

// untightened says why there is nothing to offer.
func untightened(d *model.Design, role model.ID, cards []view.PolicyCard) string {
	if r := d.Role(role); r != nil && r.External {
		return "Its policies were not seen: it is named by ARN only."
	}
	editable := false
	for _, p := range cards {
		for _, c := range p.Cards {
			editable = editable || c.Editable
		}
	}
	if !editable {
		return "It has no statement that could be tightened."
	}
	return "Nothing is offered by itself: no wildcard of it stands for things of this design only, and what its triggers and its log need is not less. Take away what is not needed by the × of an action or a resource."
}
