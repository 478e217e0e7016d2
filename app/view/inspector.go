package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

// An Inspector shows what is selected and what can be changed about it.
type Inspector struct {
	Root      fyne.CanvasObject
	OnEdit    func(edit.Edit)
	OnSource  func(source.Span)
	OnSelect  func(model.ID)
	OnSplit   func(model.ID)
	OnWays    func(from, target model.ID) // how a breach reaches something, and which walls would stop that
	OnWhoCan  func(resource model.ID)     // who can do what with it
	OnOwn     func(model.ID)              // a role of its own is asked for, of a function that shares one
	OnTight   func(role model.ID)         // several tightenings at once
	OnKeep    func(c Card, action Chip)   // keep only some of a wildcard
	OnNarrow  func(c Card, resource Chip)
	OnReplace func(holder model.ID, p PolicyCard)
	OnOffers  func() // there are other suggestions now

	page, content *fyne.Container
	reading       *reading // the statements that are shown, nil where there are none
	settling      bool     // it is laid out soon
	setting       bool     // Set is at work, and lays everything out in the end
	shown         model.ID
	design        *model.Design
	analysis      *reach.Analysis
	first         *reach.Breach // what is known before the analysis
	vulnerable    bool
	was           *reach.Breach     // of what is shown, before the edits; nil: as it is
	effects       map[string]*Label // by the key of a suggestion
	suggestions   []Suggestion
	words         map[string]Effect
}

// A Suggestion is an edit that the inspector offers; the window computes its effect.
type Suggestion struct {
	Key  string
	Edit edit.Edit
}

// An Effect is what a suggestion would come to.
type Effect struct {
	Text  string
	Good  bool
	Quiet bool // neither good nor bad

	// Of a part of a split, what Text is made of: "33 %", "2 of 6, and the sea".
	Share      float64
	Figure, Of string
}

// NewInspector returns an inspector of nothing.
func NewInspector() *Inspector {
	in := &Inspector{words: map[string]Effect{}}
	in.page, in.content = newPage(10, 16, 14)
	scroll := in.page.Layout.(*pageLayout).scroll
	scroll.OnScrolled = func(at fyne.Position) { in.scrolled(at, scroll.Size()) }
	in.Root = newBehind(NewGround(render.Panel, render.None, 0), in.page)
	in.empty()
	return in
}

func (in *Inspector) empty() {
	in.shown, in.design, in.analysis, in.first, in.suggestions, in.reading = "", nil, nil, nil, nil, nil
	refill(in.page, in.content, true,
		NewLabel("Nothing selected", heading),
		NewLabel("Click a bay, a tile or a row on the left to see what it is, which statements it lives by, and what could be tighter.", para))
}

// Suggestions are the edits that are offered now.
func (in *Inspector) Suggestions() []Suggestion { return in.suggestions }

// SetEffect says what a suggestion would come to.
func (in *Inspector) SetEffect(key string, e Effect) {
	in.words[key] = e
	if l := in.effects[key]; l != nil {
		l.Set(e.Text, effectStyle(e))
		in.settle()
	}
}

// settled is how long effects gather before the page makes room for them: each would lay out all of it.
const settled = 60 * time.Millisecond

// settle lays the page out soon, once for all that changes until then.
func (in *Inspector) settle() {
	if in.settling {
		return
	}
	in.settling = true
	soon(settled, func() {
		in.settling = false
		refill(in.page, in.content, false, in.content.Objects...)
	})
}

func effectStyle(e Effect) Style {
	s := Style{Size: 12, Weight: render.Bold, Align: fyne.TextAlignTrailing, Color: render.Muted}
	if e.Good {
		s.Color = render.Good
	}
	return s
}

// Set shows what is selected in a state. The design that is shown and edited is the one with the edits.
func (in *Inspector) Set(st session.State) {
	d := st.After.Design
	if in.shown == st.Selected && in.design == d && in.analysis == st.After.Analysis && in.first == st.First && in.vulnerable == st.Vulnerable && st.Selected != "" {
		return
	}
	top := in.shown != st.Selected
	if in.design != d {
		in.words = map[string]Effect{}
	}
	in.shown, in.design, in.analysis, in.first, in.vulnerable = st.Selected, d, st.After.Analysis, st.First, st.Vulnerable
	in.was = nil
	if st.Edited && st.Start == st.Selected {
		in.was = st.Before.Breach
	}
	in.effects, in.suggestions, in.reading = map[string]*Label{}, nil, nil
	in.setting = true
	defer func() { in.setting = false }()
	var parts []fyne.CanvasObject
	switch e := d.Element(st.Selected).(type) {
	case *model.Function:
		parts = in.function(e)
	case *model.Role:
		parts = in.role(e)
	case *model.Principal:
		parts = in.principal(e)
	case *model.Resource:
		parts = in.resource(e)
	case *model.Trigger:
		parts = in.trigger(e)
	case *model.Policy:
		parts = in.holders(e)
	default:
		switch {
		case reach.Outside(st.Selected) && in.breach(st.Selected) != nil:
			parts = in.stranger(st.Selected)
		case d.Element(st.Selected) == nil && st.Before.Design.Element(st.Selected) == nil:
			in.empty()
			return
		default:
			parts = in.gone(st)
		}
	}
	refill(in.page, in.content, top, parts...)
}

// stranger is somebody from outside: what lets it in, and how far that leads.
func (in *Inspector) stranger(id model.ID) []fyne.CanvasObject {
	b := in.breach(id)
	parts := append(in.head(Name(in.design, id), "From outside · "+in.analysis.Stands(id), source.Span{}), in.reach(b))
	box := newColumn(6, NewLabel("LET IN BY", section))
	n := 0
	for i := range b.Hits {
		h := &b.Hits[i]
		if len(h.Path()) != 1 {
			continue
		}
		if n++; n > mostReachers {
			continue
		}
		says, at := reasons(in.design, h)
		row := []fyne.CanvasObject{in.link(h.Target)}
		if !at.IsZero() {
			row = append(row, in.line(at))
		}
		box.Add(newColumn(0, newLine(6, 0, row...), NewText(says, small.lines(8))))
	}
	switch {
	case n == 0:
		box.Add(NewLabel("Nothing that was seen lets it in.", para))
	case n > mostReachers:
		box.Add(NewLabel(fmt.Sprintf("and %d more", n-mostReachers), small))
	}
	return append(parts, box)
}

func (in *Inspector) gone(st session.State) []fyne.CanvasObject {
	parts := in.head(Name(st.Before.Design, st.Selected), "Not in the design any more", st.Before.Design.Element(st.Selected).Place())
	if st.Comparison != nil {
		if ids := st.Comparison.Parts[st.Selected]; len(ids) > 0 {
			parts = append(parts, in.list("BECAME", ids))
		}
	}
	return parts
}

// longTitle is how wide a name is that gets a smaller type, so that it shows whole.
const longTitle = 190

func (in *Inspector) head(name, facts string, place source.Span) []fyne.CanvasObject {
	style := title
	if title.width(name) > longTitle {
		style = heading
	}
	row := []fyne.CanvasObject{NewText(name, style.named())}
	if !place.IsZero() {
		row = append(row, in.line(place))
	}
	return []fyne.CanvasObject{newColumn(1, newLine(8, 0, row...), NewText(facts, small.lines(3)))}
}

func (in *Inspector) line(at source.Span) *Link {
	l := NewLink("line "+itoa(at.Line), small.in(render.Link).whole(), func() { in.OnSource(at) })
	l.Tip = "Show " + at.String()
	return l
}

func (in *Inspector) function(f *model.Function) []fyne.CanvasObject {
	d := in.design
	facts := []string{"Function"}
	for _, s := range []string{f.Runtime, f.Handler} {
		if s != "" {
			facts = append(facts, s)
		}
	}
	triggers := d.TriggersOf(f.ID)
	facts = append(facts, starts(triggers))
	parts := in.head(Name(d, f.ID), strings.Join(facts, " · "), f.Origin)
	split := NewButton("Split…", "split", Primary, func() { in.OnSplit(f.ID) }).withTip("Make several functions of it, each with its own role (Ctrl+T)")
	tight := NewButton("Tighten all…", "tighten", Plain, func() { in.OnTight(f.Role) }).withTip("All that can be narrowed to what the design has")
	split.Set(false, d.Role(f.Role) == nil)
	tight.Set(false, d.Role(f.Role) == nil)
	buttons := newFlow(8, split, tight)
	if n := sharers(d, f); n > 0 && d.Role(f.Role) != nil && !d.Role(f.Role).External {
		own := NewButton("Own role…", "role", Primary, func() { in.OnOwn(f.ID) }).withTip(fmt.Sprintf("%s has this role as well: give this one its own, with what it needs of it", plural(n, "other function")))
		split.Rank = Plain
		buttons = newFlow(8, own, split, tight)
	}
	parts = append(parts, buttons)
	if b := in.breach(f.ID); b != nil {
		parts = append(parts, in.reach(b))
	}
	rest := in.wiring(f, triggers)
	r := d.Role(f.Role)
	switch {
	case r == nil:
		parts = append(parts, NewLabel("Its role is not in the design, so what it may do is not known: "+f.RoleARN, para))
		return append(parts, rest...)
	case statementsOf(d, r) > portion: // what would come below would hardly be found
		return append(append(parts, rest...), in.policies(r.ID))
	}
	return append(append(parts, in.policies(r.ID)), rest...)
}

// sharers counts the other functions that have a function's role.
func sharers(d *model.Design, f *model.Function) int {
	n := 0
	for _, o := range d.Functions() {
		if o.ID != f.ID && o.Role == f.Role {
			n++
		}
	}
	return n
}

// wiring is what starts a function and what its environment names.
func (in *Inspector) wiring(f *model.Function, triggers []*model.Trigger) []fyne.CanvasObject {
	var parts []fyne.CanvasObject
	var ids []model.ID
	for _, t := range triggers {
		if t.Kind != "permission" {
			ids = append(ids, t.ID)
		}
	}
	if len(ids) > 0 {
		parts = append(parts, in.list("STARTED BY", ids))
	}
	if len(f.Environment) > 0 {
		box := newColumn(2, NewLabel("ENVIRONMENT · names only", section))
		for _, e := range f.Environment {
			var what fyne.CanvasObject = NewLabel("", small)
			if e.Refers != "" {
				what = in.link(e.Refers)
			}
			box.Add(newLine(8, 0, NewText(e.Name, mono.in(render.Ink).sized(12)), newFixedWidth(120, what)))
		}
		parts = append(parts, box)
	}
	return parts
}

func (in *Inspector) breach(id model.ID) *reach.Breach {
	switch {
	case in.analysis != nil:
		return in.analysis.Breach(id)
	case in.first != nil && in.first.From == id && in.design.Element(id) != nil:
		return in.first
	}
	return nil
}

func (in *Inspector) reach(b *reach.Breach) fyne.CanvasObject {
	fig := Figure(b.Reach, in.vulnerable)
	words := fmt.Sprintf("reaches %d of %d", fig.Resources, b.Reach.Of)
	must := b.Reach.Must
	if in.vulnerable {
		must = b.Reach.FedMust
	}
	if must.Resources != fig.Resources {
		words += fmt.Sprintf(" (%d of them must)", must.Resources)
	}
	words += ", " + percent(fig.Weighted) + " weighted"
	tone := toneOf(b, in.vulnerable)
	if b.Reach.Of == 0 {
		words = render.Uncounted
		if tone == render.Danger { // none of nothing is no figure to fear; what there is to fear is said
			lines := []fyne.CanvasObject{NewText(upper(render.Uncounted)+".", small.lines(3))}
			if sea := b.Sea(in.vulnerable); len(sea) > 0 {
				lines = append(lines, NewText("It reaches the sea: "+reach.SeaWords(sea)+".", small.lines(4)))
			}
			if word := adminWord(b, in.vulnerable); word != "" {
				lines = slices.Insert(lines, 0, fyne.CanvasObject(NewText(word, body.in(render.Danger).weighing(render.Bold).lines(2))))
			}
			return newColumn(2, lines...)
		}
	}
	if in.was != nil && !b.Reach.AtLeast {
		if was := Figure(in.was.Reach, in.vulnerable).Share; fig.Share < was {
			tone, words = render.Good, words+"; was "+percent(was)
		}
	}
	share := NewLabel(render.Share(fig.Share, b.Reach.AtLeast), figure.in(tone))
	text := NewText(words, small.lines(2))
	text.Tip = fmt.Sprintf("Must: %s. Must and may: %s. With fed functions vulnerable: %s and %s.", figureWords(b.Reach.Must), figureWords(b.Reach.May), figureWords(b.Reach.FedMust), figureWords(b.Reach.FedMay))
	lines := []fyne.CanvasObject{newLine(8, 1, share, text)}
	if fed := b.Reach.FedMay; !in.vulnerable && fed.Resources > fig.Resources {
		lines = append(lines, NewText(fmt.Sprintf("with fed functions vulnerable too: %s, %d of %d", percent(fed.Share), fed.Resources, b.Reach.Of), small.lines(2)))
	}
	if word := adminWord(b, in.vulnerable); word != "" {
		lines = append(lines, NewLabel(word, small.in(render.Danger).weighing(render.Bold)))
	}
	return newColumn(2, lines...)
}

// adminWord says that a breach reaches an administrator, "" where it does not.
func adminWord(b *reach.Breach, vulnerable bool) string {
	switch {
	case b.AdminMay:
		return "An administrator may be reachable"
	case b.Admin, b.AdminFed && vulnerable:
		return "An administrator is reachable"
	}
	return ""
}

func figureWords(f reach.Figure) string {
	return fmt.Sprintf("%s (%d)", percent(f.Share), f.Resources)
}

func (in *Inspector) role(r *model.Role) []fyne.CanvasObject {
	d := in.design
	facts := []string{"Role"}
	switch {
	case r.ServiceLinked:
		facts = append(facts, "service-linked")
	case r.External:
		facts = append(facts, "named by ARN only: its policies were not seen")
	case r.Implicit:
		facts = append(facts, "made by the transform")
	}
	parts := in.head(Name(d, r.ID), strings.Join(facts, " · "), r.Origin)
	var worn []model.ID
	for _, f := range d.Functions() {
		if f.Role == r.ID {
			worn = append(worn, f.ID)
		}
	}
	if b := in.breach(r.ID); b != nil {
		parts = append(parts, in.reach(b))
	}
	if len(worn) > 0 {
		parts = append(parts, in.list("ROLE OF", worn))
	}
	if r.Trust != nil {
		var who []string
		for _, s := range r.Trust.Statements {
			for _, p := range s.Principals {
				who = append(who, cmp.Or(p.Value, "a principal without a name"))
			}
		}
		if len(who) > 0 {
			parts = append(parts, newColumn(2, NewLabel("TRUSTS", section), NewText(strings.Join(dedupe(who), ", "), small.in(render.Ink).lines(4))))
		}
	}
	if r.Boundary != "" {
		parts = append(parts, newColumn(2, NewLabel("BOUNDARY", section), in.link(r.Boundary)))
	}
	return append(parts, in.policies(r.ID))
}

func (in *Inspector) principal(p *model.Principal) []fyne.CanvasObject {
	noun := "User"
	if p.Kind == model.Group {
		noun = "Group"
	}
	parts := in.head(p.Name, noun, p.Origin)
	if b := in.breach(p.ID); b != nil {
		parts = append(parts, in.reach(b))
	}
	if len(p.Groups) > 0 {
		parts = append(parts, in.list("IN GROUPS", p.Groups))
	}
	return append(parts, in.policies(p.ID))
}

// mostReachers is how many functions are listed that reach a resource, mostOthers how many of those from outside, and of roles and
// users: each of them with all hits of its breach.
const (
	mostReachers = 12
	mostOthers   = 6
)

// reachers lists whose breaches reach a resource: functions, who comes from outside, and roles that no function has and users.
func (in *Inspector) reachers(resource model.ID) fyne.CanvasObject {
	d := in.design
	reaches := func(id model.ID) bool {
		_, may := in.analysis.Depth(id, resource, in.vulnerable)
		return may > 0
	}
	worn := map[model.ID]bool{}
	var functions, outside, ashore []model.ID
	for _, f := range d.Functions() {
		worn[f.Role] = true
		if reaches(f.ID) {
			functions = append(functions, f.ID)
		}
	}
	for _, id := range in.analysis.Strangers() {
		if reaches(id) {
			outside = append(outside, id)
		}
	}
	known := in.analysis.Administrators()
	var rulers []reach.Administrator
	meet := func(id model.ID) {
		if !reaches(id) {
			return
		}
		if why := reach.WhyKnown(known, id); why != "" {
			rulers = append(rulers, reach.Administrator{ID: id, Why: why})
		} else {
			ashore = append(ashore, id)
		}
	}
	for _, r := range d.Roles() {
		if !worn[r.ID] {
			meet(r.ID)
		}
	}
	for _, p := range d.Principals() {
		if p.Kind == model.User {
			meet(p.ID)
		}
	}
	out := newColumn(14)
	switch n := len(d.Functions()); {
	case len(functions) > 0:
		out.Add(in.reachedBy(fmt.Sprintf("REACHED BY %d OF %d", len(functions), n), functions, mostReachers, resource))
	case n > 0:
		out.Add(NewLabel("REACHED BY NO FUNCTION", section))
	case len(outside)+len(ashore)+len(rulers) == 0:
		out.Add(NewLabel("REACHED BY NOBODY", section))
	}
	if len(outside) > 0 {
		out.Add(in.reachedBy(fmt.Sprintf("FROM OUTSIDE · %d", len(outside)), outside, mostOthers, resource))
	}
	if n := len(ashore) + len(rulers); n > 0 {
		box := in.reachedBy(fmt.Sprintf("BY ROLES AND USERS · %d", n), ashore, mostOthers, resource)
		if len(rulers) > 0 {
			box.Add(NewText(upper(reach.AdministratorWords(d, rulers))+".", small.lines(4)))
		}
		out.Add(box)
	}
	return out
}

// reachedBy lists some of those who reach a resource, each with what it can do there.
func (in *Inspector) reachedBy(head string, by []model.ID, most int, resource model.ID) *fyne.Container {
	box := newColumn(4)
	for i, id := range by {
		if i == most {
			box.Add(NewLabel(fmt.Sprintf("and %d more", len(by)-i), small))
			break
		}
		for _, h := range in.analysis.Breach(id).Hits {
			if h.Target == resource && !h.OwnLog && (in.vulnerable || !h.Fed) {
				box.Add(newColumn(0, newLine(6, 0, in.link(id), in.waysTo(id, resource), NewLabel(h.Certainty.String(), small.whole())), NewText(CanDo(in.design, &h), small.lines(4))))
			}
		}
	}
	return newColumn(6, NewLabel(head, section), box)
}

// waysTo is a link to how a breach reaches a resource.
func (in *Inspector) waysTo(from, target model.ID) fyne.CanvasObject {
	l := NewLink("ways, walls", Style{Size: 12}, func() {
		if in.OnWays != nil {
			in.OnWays(from, target)
		}
	})
	l.Tip = waysTip
	return l
}

func (in *Inspector) resource(r *model.Resource) []fyne.CanvasObject {
	d := in.design
	kind := catalog.KindOf(r.Type)
	parts := in.head(Name(d, r.ID), upper(kind.Noun)+" · "+r.Type, r.Origin)
	if r.ARN != "" {
		parts = append(parts, NewText(r.ARN, small.lines(3)))
	}
	crown := NewTick("Crown jewel", nil)
	crown.Checked = r.Crown
	crown.OnChange = func(on bool) { in.OnEdit(&edit.Mark{Resource: r.ID, Crown: &on}) }
	parts = append(parts, crown)
	if kind.Noun == "log group" {
		counted := NewTick("Counts as data", nil)
		counted.Checked = r.Marked
		counted.OnChange = func(on bool) { in.OnEdit(&edit.Mark{Resource: r.ID, Counted: &on}) }
		parts = append(parts, counted)
	}
	if in.analysis != nil {
		ask := NewButton("Who can…", "user", Plain, func() {
			if in.OnWhoCan != nil {
				in.OnWhoCan(r.ID)
			}
		}).withTip("Ask who can do an action on it, directly or by a path, and by which statements")
		ask.Set(false, r.ARN == "")
		parts = append(parts, newFlow(8, ask), in.reachers(r.ID))
	}
	if r.Key != "" {
		parts = append(parts, newColumn(2, NewLabel("ENCRYPTED BY", section), in.link(r.Key)))
	}
	if ts := d.TriggersOf(r.ID); len(ts) > 0 {
		var ids []model.ID
		for _, t := range ts {
			ids = append(ids, t.ID)
		}
		parts = append(parts, in.list("FED BY", ids))
	}
	var out []model.ID
	for _, t := range d.Triggers() {
		if t.From == r.ID && t.To != "" && !slices.Contains(out, t.To) {
			out = append(out, t.To)
		}
	}
	if len(out) > 0 {
		parts = append(parts, in.list("STARTS", out))
	}
	if r.Policy != nil && len(r.Policy.Statements) > 0 {
		box := newColumn(4, NewLabel("RESOURCE POLICY", section))
		for i, s := range r.Policy.Statements {
			var who []string
			for _, p := range s.Principals {
				who = append(who, p.Value)
			}
			text := fmt.Sprintf("%d %s %s: %s", i+1, s.Effect, strings.Join(who, ", "), strings.Join(s.Actions, ", "))
			row := []fyne.CanvasObject{NewText(text, small.in(render.Ink))}
			if !s.Span.IsZero() {
				row = append(row, in.line(s.Span))
			}
			box.Add(newLine(6, 0, row...))
		}
		parts = append(parts, box)
	}
	return parts
}

func (in *Inspector) trigger(t *model.Trigger) []fyne.CanvasObject {
	d := in.design
	facts := []string{"Trigger", t.Kind}
	if t.Off {
		facts = append(facts, "disabled")
	}
	if who := t.OpenTo(); who != "" {
		facts = append(facts, "open: "+who+" may start it")
	}
	parts := in.head(Name(d, t.ID), strings.Join(facts, " · "), t.Origin)
	if t.From != "" {
		parts = append(parts, newColumn(2, NewLabel("FROM", section), in.link(t.From)))
	}
	if t.To != "" {
		parts = append(parts, newColumn(2, NewLabel("STARTS", section), in.link(t.To)))
	}
	if only := strings.TrimSpace(strings.Join(append(slices.Clone(t.Filter.Events), reach.Lets(d, t)), " ")); only != "" {
		parts = append(parts, newColumn(2, NewLabel("ONLY", section), NewText(only, small.in(render.Ink).lines(4))))
	}
	return parts
}

func (in *Inspector) holders(p *model.Policy) []fyne.CanvasObject {
	d := in.design
	noun := "Inline policy"
	if p.Managed {
		noun = "Managed policy"
	}
	parts := in.head(Name(d, p.ID), noun, p.Origin)
	var ids []model.ID
	for _, r := range d.Roles() {
		if slices.Contains(r.Policies, p.ID) || r.Boundary == p.ID {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) > 0 {
		parts = append(parts, in.list("OF", ids))
	}
	return parts
}

// list names elements under each other; a click selects one.
func (in *Inspector) list(head string, ids []model.ID) fyne.CanvasObject {
	box := newColumn(3, NewLabel(head, section))
	for i, id := range ids {
		if i == 14 && len(ids) > 15 {
			box.Add(NewLabel(fmt.Sprintf("and %d more", len(ids)-i), small))
			break
		}
		box.Add(in.link(id))
	}
	return box
}

func (in *Inspector) link(id model.ID) fyne.CanvasObject {
	return newSide(22, NewPicture(Icon(in.design, id), render.Muted, 15), NewLink(Name(in.design, id), Style{Size: 13, Elide: true}, func() { in.OnSelect(id) }))
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func newInsetTop(top float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: inset{0, top, 0, 0}, Objects: []fyne.CanvasObject{o}}
}

// widthOnly gives an object a width.
type widthOnly struct{ width float32 }

func newFixedWidth(w float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: widthOnly{w}, Objects: []fyne.CanvasObject{o}}
}

func (l widthOnly) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.width, heightOf(o[0], l.width))
}

func (l widthOnly) Layout(o []fyne.CanvasObject, s fyne.Size) { o[0].Resize(s) }
