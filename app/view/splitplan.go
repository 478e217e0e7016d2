package view

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

// A SplitPlan is a split as it is being made: which part has which trigger, access and variable.
type SplitPlan struct {
	Function model.ID
	Parts    []PartPlan
	Triggers []*model.Trigger
	Offers   []Offer
	Vars     []model.EnvVar

	Shared bool // other functions have the role as well: a plan of one part gives it one of its own

	design  *model.Design
	trigger []int    // part of each trigger
	level   [][]int  // of each offer, for each part: 0 nothing, else an index into its levels plus 1
	env     [][]bool // of each variable, for each part
}

// A PartPlan is one part.
type PartPlan struct {
	Name, Handler string
	Keeps         bool
}

// An Offer is what the whole may do with one thing, to be given to parts.
type Offer struct {
	Name, Icon string
	ID         model.ID // of the thing, "" for a pattern
	Statement  string   // "statement 1 (Tables)"
	Levels     []Level
}

// A Level is how much of an Offer a part is given.
type Level struct {
	Name     string // "read", "read, write", "all as now"
	Accesses []edit.Access
}

// NewSplitPlan plans a split of a function into the part that stays and a new one. The one that stays has everything.
func NewSplitPlan(d *model.Design, f *model.Function) *SplitPlan {
	p := &SplitPlan{Function: f.ID, design: d}
	p.Triggers = append(p.Triggers, d.TriggersOf(f.ID)...)
	p.trigger = make([]int, len(p.Triggers))
	if r := d.Role(f.Role); r != nil {
		for _, id := range r.Policies {
			if pol := d.Policy(id); pol != nil && pol.Document != nil && !strings.Contains(pol.ARN, ":iam::aws:policy/") {
				p.Offers = append(p.Offers, offers(d, r, pol)...)
			}
		}
	}
	for _, o := range d.Functions() {
		p.Shared = p.Shared || o.ID != f.ID && o.Role == f.Role
	}
	p.Vars = f.Environment
	p.level, p.env = make([][]int, len(p.Offers)), make([][]bool, len(p.Vars))
	p.Add(PartPlan{Name: Name(d, f.ID), Handler: f.Handler, Keeps: true})
	for i := range p.Offers {
		p.level[i][0] = len(p.Offers[i].Levels)
	}
	for i := range p.Vars {
		p.env[i][0] = true
	}
	p.Add(PartPlan{Name: p.free(Name(d, f.ID)), Handler: f.Handler})
	return p
}

// free is a name that nothing in the design has.
func (p *SplitPlan) free(stem string) string {
	clean := letters(stem)
	taken := map[string]bool{}
	for _, x := range p.Parts {
		taken[x.Name] = true
	}
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s%d", clean, n)
		if !taken[name] && p.design.Find(name) == nil && p.design.Find(name+"Role") == nil {
			return name
		}
	}
}

// letters is what of a name a logical id can have.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, name)
}

// Add adds a part that has nothing.
func (p *SplitPlan) Add(part PartPlan) {
	if part.Name == "" {
		part.Name = p.free(Name(p.design, p.Function))
		part.Handler = p.Parts[0].Handler
	}
	p.Parts = append(p.Parts, part)
	for i := range p.level {
		p.level[i] = append(p.level[i], 0)
	}
	for i := range p.env {
		p.env[i] = append(p.env[i], false)
	}
}

// Least is how many parts there are at least: two, or the one that stays where it gets a role of its own by that.
func (p *SplitPlan) Least() int {
	if p.Shared {
		return 1
	}
	return 2
}

// Remove takes a part out; its triggers go to the first. The last one stays what was there.
func (p *SplitPlan) Remove(part int) {
	if len(p.Parts) <= p.Least() {
		return
	}
	defer func() {
		if len(p.Parts) == 1 {
			p.Keep(0)
		}
	}()
	p.Parts = slices.Delete(p.Parts, part, part+1)
	for i, at := range p.trigger {
		switch {
		case at == part:
			p.trigger[i] = 0
		case at > part:
			p.trigger[i]--
		}
	}
	for i := range p.level {
		p.level[i] = slices.Delete(p.level[i], part, part+1)
	}
	for i := range p.env {
		p.env[i] = slices.Delete(p.env[i], part, part+1)
	}
}

// Keep makes a part the one that stays the function that was there; -1: none stays.
func (p *SplitPlan) Keep(part int) {
	for i := range p.Parts {
		was := p.Parts[i].Keeps
		p.Parts[i].Keeps = i == part
		switch {
		case i == part:
			p.Parts[i].Name = Name(p.design, p.Function)
		case was && p.Parts[i].Name == Name(p.design, p.Function):
			p.Parts[i].Name = ""
			p.Parts[i].Name = p.free(Name(p.design, p.Function))
		}
	}
}

// Guesses are the parts that routes and names tell apart, the rest last; none where they tell nothing apart.
func (p *SplitPlan) Guesses() []edit.Guess {
	var things []model.ID
	for _, o := range p.Offers {
		if o.ID != "" && !slices.Contains(things, o.ID) {
			things = append(things, o.ID)
		}
	}
	return edit.GuessParts(p.design, p.design.Function(p.Function), things)
}

// Suggest shares the function out as routes and names tell, in the place of the parts that there are; false where they tell
// nothing apart. The rest stays the function that was there, and has what no name speaks of.
func (p *SplitPlan) Suggest() bool {
	guesses := p.Guesses()
	if len(guesses) == 0 {
		return false
	}
	rest, apart := guesses[len(guesses)-1], guesses[:len(guesses)-1]
	if len(rest.Triggers) == 0 { // one of them stays, then
		rest.Triggers, rest.Things = apart[0].Triggers, append(slices.Clone(rest.Things), apart[0].Things...)
		apart = apart[1:]
	}
	parts := append([]edit.Guess{rest}, apart...)
	whole := p.design.Function(p.Function)
	p.Parts = nil
	p.level, p.env = make([][]int, len(p.Offers)), make([][]bool, len(p.Vars))
	for i, g := range parts {
		part := PartPlan{Name: Name(p.design, p.Function), Handler: whole.Handler, Keeps: i == 0}
		if i > 0 {
			part.Name = p.named(Name(p.design, p.Function), g.Word)
		}
		p.Add(part)
		for t, x := range p.Triggers {
			if slices.Contains(g.Triggers, x.ID) {
				p.trigger[t] = i
			}
		}
		for o, x := range p.Offers {
			if slices.Contains(g.Things, x.ID) || i == 0 && x.ID == "" {
				p.level[o][i] = x.level(g.Reads, i == 0)
			}
		}
		for v, x := range p.Vars {
			p.env[v][i] = x.Refers == "" || slices.Contains(g.Things, x.Refers)
		}
	}
	for v, x := range p.Vars { // what refers to something that is not shared out
		if !slices.Contains(p.env[v], true) && x.Refers != "" {
			p.env[v][0] = true
		}
	}
	return true
}

// level is how much of an offer a part is given at first: what stays as it was, all; what only asks, to read; others no more
// than to read, write and delete.
func (o Offer) level(reads, all bool) int {
	wanted := []string{"read, write, delete", "read and write", "get the secret", "send", "write", "read"}
	if reads {
		wanted = []string{"read", "get the secret"}
	}
	for _, name := range wanted {
		if i := slices.IndexFunc(o.Levels, func(l Level) bool { return l.Name == name }); i >= 0 && !all {
			return i + 1
		}
	}
	return len(o.Levels)
}

// named is a name for a part that says what it is for: "ShopProducts".
func (p *SplitPlan) named(whole, word string) string {
	name := letters(whole)
	for _, w := range strings.FieldsFunc(word, func(r rune) bool { return letters(string(r)) == "" }) {
		name += upper(w)
	}
	for _, x := range p.Parts {
		if x.Name == name {
			return p.free(whole)
		}
	}
	if p.design.Find(name) != nil || p.design.Find(name+"Role") != nil {
		return p.free(whole)
	}
	return name
}

// MoveTrigger gives a trigger to a part.
func (p *SplitPlan) MoveTrigger(trigger, part int) { p.trigger[trigger] = part }

// TriggerOf is the part that has a trigger.
func (p *SplitPlan) TriggerOf(trigger int) int { return p.trigger[trigger] }

// Give gives a part a level of an offer, 0 for nothing, 1 for the first level.
func (p *SplitPlan) Give(offer, part, level int) { p.level[offer][part] = level }

// LevelOf is what a part has of an offer.
func (p *SplitPlan) LevelOf(offer, part int) int { return p.level[offer][part] }

// GiveVar gives a part a variable of the environment, or takes it.
func (p *SplitPlan) GiveVar(v, part int, on bool) { p.env[v][part] = on }

// HasVar reports whether a part has a variable.
func (p *SplitPlan) HasVar(v, part int) bool { return p.env[v][part] }

// Edit is the split as an edit.
func (p *SplitPlan) Edit() *edit.Split {
	e := &edit.Split{Function: p.Function}
	keeps := false
	for i, part := range p.Parts {
		out := edit.Part{Name: strings.TrimSpace(part.Name), Keeps: part.Keeps, Handler: strings.TrimSpace(part.Handler)}
		keeps = keeps || part.Keeps
		for t, at := range p.trigger {
			if at == i {
				out.Triggers = append(out.Triggers, string(p.Triggers[t].ID))
			}
		}
		for v, has := range p.env {
			if has[i] {
				out.Environment = append(out.Environment, p.Vars[v].Name)
			}
		}
		for o, levels := range p.level {
			if levels[i] > 0 {
				out.Grants = append(out.Grants, p.Offers[o].Levels[levels[i]-1].Accesses...)
			}
		}
		e.Parts = append(e.Parts, out)
	}
	if !keeps {
		e.Repoint = e.Parts[0].Name
	}
	return e
}

// offers lists what a policy's statements allow, one for each thing of the design.
func offers(d *model.Design, r *model.Role, p *model.Policy) []Offer {
	var out []Offer
	for i, s := range p.Document.Statements {
		if s.Effect != policy.Allow || s.NotAction || s.NotResource {
			continue // a denial goes to every part; what is not named cannot be shared out here
		}
		name := "statement " + itoa(i+1)
		if s.Sid != "" {
			name += " (" + s.Sid + ")"
		}
		refs := s.Resources
		if t := edit.NarrowToDesign(d, r.ID, p.ID, i); t != nil {
			refs = t.Resources
		}
		for _, g := range groups(d, refs) {
			g.Statement = name
			if g.Name == "*" { // of which there may be several
				g.Name = anyOf(s.Actions)
			}
			g.Levels = levels(d, s, g)
			if len(g.Levels) > 0 {
				out = append(out, g.Offer)
			}
		}
	}
	return out
}

// anyOf is what actions on * are on: "anything of transcribe", "anything of s3 and sqs".
func anyOf(actions []string) string {
	var services []string
	for _, a := range actions {
		service, _, ok := strings.Cut(a, ":")
		if !ok {
			return "anything"
		}
		if service = strings.ToLower(service); !slices.Contains(services, service) {
			services = append(services, service)
		}
	}
	const most = 3
	if len(services) > most {
		services = append(services[:most-1], plural(len(services)-most+1, "more service"))
	}
	return "anything of " + and(services)
}

// A group is the ways in which a statement names one thing: the bucket, and what is in it.
type group struct {
	Offer
	id   model.ID
	refs []string
}

func groups(d *model.Design, refs []string) []*group {
	names := arnNames(d)
	var out []*group
	at := map[string]*group{}
	for _, r := range refs {
		id, key := model.ID(""), r
		chip := resourceChip(d, names, r)
		switch {
		case d.Element(model.ID(r)) != nil:
			id = model.ID(r)
		case chip.ID != "":
			id = chip.ID
		default:
			if i := strings.LastIndexAny(r, "/:"); i > 0 && d.Element(model.ID(r[:i])) != nil {
				id = model.ID(r[:i])
			}
		}
		if id != "" {
			key = string(id)
		}
		g := at[key]
		if g == nil {
			g = &group{id: id}
			g.Name, g.Icon = chip.Text, "resource"
			if id != "" {
				g.Name, g.Icon, g.ID = Name(d, id), Icon(d, id), id
			}
			at[key] = g
			out = append(out, g)
		}
		g.refs = append(g.refs, r)
	}
	return out
}

// levels are the steps in which a part may be given what a statement allows on a thing.
func levels(d *model.Design, s *policy.Statement, g *group) []Level {
	known := catalog.Load()
	arn, kind := "", ""
	switch e := d.Element(g.id).(type) {
	case *model.Resource:
		arn, kind = e.ARN, e.Type
	case *model.Function:
		arn, kind = e.ARN, "AWS::Lambda::Function"
	}
	places := []string{arn} // the thing, and what is in it, as the statement names them
	for _, r := range g.refs {
		for _, whole := range []string{string(g.id), arn} {
			if part, ok := strings.CutPrefix(r, whole); ok && whole != "" && part != "" && !slices.Contains(places, arn+part) {
				places = append(places, arn+part)
			}
		}
	}
	of := func(a *catalog.Action) bool {
		return kind == "" || slices.ContainsFunc(places, func(p string) bool { return slices.Contains(known.TypesOf(a, p), kind) })
	}
	var actions []*catalog.Action
	wild := false
	for _, pattern := range s.Actions {
		wild = wild || strings.ContainsAny(pattern, "*?")
		for _, a := range known.Expand(pattern) {
			if of(a) && !slices.Contains(actions, a) {
				actions = append(actions, a)
			}
		}
	}
	if len(actions) == 0 {
		return nil
	}
	steps := []struct {
		name string
		has  []catalog.Capability
	}{
		{"read", []catalog.Capability{catalog.List, catalog.Read}},
		{"get the secret", []catalog.Capability{catalog.List, catalog.Read, catalog.Secret}},
		{"send", []catalog.Capability{catalog.Send, catalog.Invoke}},
		{"write", []catalog.Capability{catalog.Write}},
		{"read and write", []catalog.Capability{catalog.List, catalog.Read, catalog.Write, catalog.Send, catalog.Invoke}},
		{"read, write, delete", []catalog.Capability{catalog.List, catalog.Read, catalog.Write, catalog.Send, catalog.Invoke, catalog.Delete}},
	}
	var out []Level
	sizes := map[string]bool{}
	for _, step := range steps {
		var some []*catalog.Action
		gravest := false
		for _, a := range actions {
			if slices.Contains(step.has, a.Capability()) {
				some = append(some, a)
				gravest = gravest || a.Capability() == step.has[len(step.has)-1] || step.name == "send" || step.name == "read"
			}
		}
		key := fmt.Sprint(len(some), some)
		if len(some) == 0 || !gravest || sizes[key] || len(some) == len(actions) && !wild {
			continue
		}
		sizes[key] = true
		out = append(out, Level{step.name, accesses(known, some, g.refs)})
	}
	all := Level{Name: "all as now"}
	if wild || len(actions) > 3 {
		all.Accesses = []edit.Access{{Actions: s.Actions, Resources: g.refs}}
	} else {
		all.Accesses = accesses(known, actions, g.refs)
		var names []string
		for _, a := range actions {
			names = append(names, a.Name)
		}
		all.Name = strings.Join(names, ", ")
	}
	return append(out, all)
}

// accesses gives actions on the ways in which a thing is named: on what is in it to those that work on that.
func accesses(known *catalog.Catalog, actions []*catalog.Action, refs []string) []edit.Access {
	var whole, part []string // refs
	for _, r := range refs {
		if strings.HasSuffix(r, "*") && r != "*" {
			part = append(part, r)
		} else {
			whole = append(whole, r)
		}
	}
	var onWhole, onPart []string
	for _, a := range actions {
		inner, outer := false, len(a.Resources) == 0
		for _, rt := range a.Resources {
			if known.PartOf(rt) != "" {
				inner = true
			} else {
				outer = true
			}
		}
		if inner && len(part) > 0 || len(whole) == 0 {
			onPart = append(onPart, a.String())
		}
		if outer && len(whole) > 0 || len(part) == 0 {
			onWhole = append(onWhole, a.String())
		}
	}
	var out []edit.Access
	if len(onWhole) > 0 {
		out = append(out, edit.Access{Actions: onWhole, Resources: whole})
	}
	if len(onPart) > 0 {
		out = append(out, edit.Access{Actions: onPart, Resources: part})
	}
	return out
}
