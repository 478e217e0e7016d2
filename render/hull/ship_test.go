package hull

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
	"bulkhead/render/font"
)

// A yard builds designs for tests, and answers for them as an analysis would: what each function can touch is told,
// what a breach reaches follows.
type yard struct {
	t        testing.TB
	info     model.Info
	elements []model.Element
	steps    map[model.ID][]reach.Step
	caps     map[model.ID]map[model.ID][2]catalog.Capabilities // principal → resource → all, must
	beyond   map[model.ID][]reach.Beyond
	named    map[model.ID][]string // principal → ARNs that its policy spells out
	design   *model.Design
}

func newYard(t testing.TB, name string) *yard {
	return &yard{t: t, info: model.Info{Name: name}, steps: map[model.ID][]reach.Step{},
		caps: map[model.ID]map[model.ID][2]catalog.Capabilities{}, beyond: map[model.ID][]reach.Beyond{}, named: map[model.ID][]string{}}
}

func (y *yard) function(name, role, handler string, origin int) {
	f := &model.Function{ID: model.ID("fn/" + name), LogicalID: name, Name: name, Handler: handler, Runtime: "python3.12"}
	if origin > 0 {
		f.Origin = source.Span{File: "t", Start: origin, End: origin + 1, Line: origin}
	}
	if role != "" {
		f.Role = model.ID("role/" + role)
		if !slices.ContainsFunc(y.elements, func(e model.Element) bool { return e.ElementID() == f.Role }) {
			y.elements = append(y.elements, &model.Role{ID: f.Role, LogicalID: role, Name: role})
		}
	}
	y.elements = append(y.elements, f)
}

func arn(resource string) string { return "arn:aws:test:us-east-1:111122223333:" + resource }

// resource adds one: name, type, and "crown" where it is one.
func (y *yard) resource(name, typ string, crown ...bool) {
	y.elements = append(y.elements, &model.Resource{ID: model.ID("res/" + name), LogicalID: name, Name: name, ARN: arn(name), Type: typ, Crown: len(crown) > 0})
}

func (y *yard) route(function string, labels ...string) {
	for _, l := range labels {
		y.elements = append(y.elements, &model.Trigger{ID: model.ID("trigger/" + function + l), Name: l, To: model.ID("fn/" + function), Kind: "api-route", Event: "http", Label: l, Outside: true})
	}
}

func (y *yard) trigger(from, function, kind, event, label string) {
	t := &model.Trigger{ID: model.ID("trigger/" + function + label + from), Name: label, To: model.ID("fn/" + function), Kind: kind, Event: event, Label: label}
	if from != "" {
		t.From = model.ID("res/" + from)
	}
	y.elements = append(y.elements, t)
}

// acts tells what a principal can do: "read write delete?" on a resource, by name or by a wildcard ("*" before the words).
func (y *yard) acts(principal, resource, can string) {
	p, r := y.id(principal), model.ID("res/"+resource)
	can, wild := strings.CutPrefix(can, "*")
	var all, must catalog.Capabilities
	for _, w := range strings.Fields(can) {
		w, may := strings.CutSuffix(w, "?")
		for c := catalog.List; c <= catalog.Tag; c++ {
			if c.String() == w {
				all = all.With(c)
				if !may {
					must = must.With(c)
				}
			}
		}
	}
	if y.caps[p] == nil {
		y.caps[p] = map[model.ID][2]catalog.Capabilities{}
	}
	y.caps[p][r] = [2]catalog.Capabilities{all, must}
	s := reach.Step{From: p, To: r, Kind: reach.Acts, Capabilities: all, Must: must}
	if must == 0 {
		s.Certainty = reach.May
	}
	if !wild {
		y.named[p] = append(y.named[p], arn(resource))
	}
	y.steps[p] = append(y.steps[p], s)
}

func (y *yard) id(name string) model.ID {
	if strings.Contains(name, "/") {
		return model.ID(name)
	}
	return model.ID("fn/" + name)
}

func (y *yard) leads(kind reach.Kind, from, to, technique string, via ...string) {
	s := reach.Step{From: y.id(from), To: y.id(to), Kind: kind, Technique: technique}
	if len(via) > 0 {
		s.Via = model.ID("trigger/" + strings.TrimPrefix(to, "fn/") + via[0])
	}
	y.steps[s.From] = append(y.steps[s.From], s)
}

func (y *yard) sea(principal, typ, pattern, can string) {
	var all catalog.Capabilities
	for c := catalog.List; c <= catalog.Tag; c++ {
		if slices.Contains(strings.Fields(can), c.String()) {
			all = all.With(c)
		}
	}
	y.beyond[y.id(principal)] = append(y.beyond[y.id(principal)], reach.Beyond{Service: strings.ToLower(strings.Split(typ, "::")[1]), Type: typ, Pattern: pattern, Capabilities: all, All: pattern == "*", Known: true})
}

// build makes the design. Each role has a policy that spells out what it asks for by name.
func (y *yard) build() *yard {
	var policies []model.Element
	for _, e := range y.elements {
		f, ok := e.(*model.Function)
		if !ok || f.Role == "" || len(y.named[f.ID]) == 0 {
			continue
		}
		doc := &policy.Document{Statements: []*policy.Statement{{Resources: y.named[f.ID]}}}
		p := &model.Policy{ID: "policy/" + f.ID, Document: doc}
		policies = append(policies, p)
		for _, r := range y.elements {
			if r, ok := r.(*model.Role); ok && r.ID == f.Role {
				r.Policies = append(r.Policies, p.ID)
			}
		}
	}
	y.elements = append(y.elements, policies...)
	d, err := model.New(y.info, y.elements...)
	if err != nil {
		y.t.Fatal(err)
	}
	y.design = d
	return y
}

func (y *yard) Touches(from model.ID) []reach.Step { return y.steps[from] }

func (y *yard) Reach(from model.ID) (reach.Figures, bool) {
	b := y.Breach(from)
	if b == nil {
		return reach.Figures{}, false
	}
	return b.Reach, true
}

func (y *yard) Weight(id model.ID) float64 {
	if r := y.design.Resource(id); r != nil && r.Crown {
		return 5
	}
	return 1
}

func (y *yard) Counted(id model.ID) bool {
	r := y.design.Resource(id)
	return r != nil && (r.Marked || r.Crown || slices.Contains(counts, r.Type))
}

var counts = []string{table, bucket, queue, topic, secret}

const (
	table  = "AWS::DynamoDB::Table"
	bucket = "AWS::S3::Bucket"
	queue  = "AWS::SQS::Queue"
	topic  = "AWS::SNS::Topic"
	secret = "AWS::SecretsManager::Secret"
	logs   = "AWS::Logs::LogGroup"
)

// Breach follows the steps: through those that run at once, and apart through those that feed.
func (y *yard) Breach(from model.ID) *reach.Breach {
	if y.design.Function(from) == nil && y.design.Role(from) == nil && y.design.Principal(from) == nil {
		return nil
	}
	b := &reach.Breach{From: from}
	var beyond []reach.Beyond
	type at struct {
		id   model.ID
		path []*reach.Step
		fed  bool
	}
	hits := map[model.ID]*reach.Hit{}
	seen := map[model.ID]bool{}
	queue := []at{{id: from}}
	for len(queue) > 0 {
		i := slices.IndexFunc(queue, func(a at) bool { return !a.fed }) // what is held at once comes before what is fed
		i = max(i, 0)
		now := queue[i]
		queue = slices.Delete(queue, i, i+1)
		if seen[now.id] {
			continue
		}
		seen[now.id] = true
		if now.fed {
			b.Fed = append(b.Fed, now.id)
		} else {
			b.Runs = append(b.Runs, now.id)
		}
		if now.id != from {
			h := reach.Hit{Target: now.id, Hops: len(now.path), Fed: now.fed}.Along(now.path...)
			hits[now.id] = &h
		}
		beyond = append(beyond, y.beyond[now.id]...)
		for _, s := range y.steps[now.id] {
			path := append(slices.Clone(now.path), &s)
			switch s.Kind {
			case reach.Acts:
				caps := y.caps[now.id][s.To]
				h := hits[s.To]
				if h == nil {
					along := reach.Hit{Target: s.To, Hops: len(path), Fed: now.fed, Certainty: reach.May, Counted: y.Counted(s.To)}.Along(path...)
					h = &along
					r := y.design.Resource(s.To)
					h.OwnLog = r != nil && r.Type == logs
					hits[s.To] = h
				}
				if now.fed && !h.Fed {
					h.FedMore |= caps[0] &^ h.Capabilities
					h.FedMoreMust |= caps[1] & h.FedMore
					continue
				}
				h.Capabilities |= caps[0]
				h.Must |= caps[1]
				if caps[1].Depth() > 0 {
					h.Certainty = reach.Must
				}
			case reach.Runs:
				queue = append(queue, at{s.To, path, now.fed})
			case reach.Feeds:
				queue = append(queue, at{s.To, path, true})
			}
		}
	}
	for _, h := range hits {
		b.Hits = append(b.Hits, h.Along(h.Path()...))
	}
	slices.SortFunc(b.Hits, func(a, c reach.Hit) int { return cmp.Or(cmp.Compare(a.Hops, c.Hops), cmp.Compare(a.Target, c.Target)) })
	for _, r := range y.design.Resources() {
		if y.Counted(r.ID) {
			b.Reach.Of++
		}
	}
	for _, h := range b.Hits {
		if !h.Counted || h.Capabilities.Depth() == 0 {
			continue
		}
		add := func(f *reach.Figure) {
			f.Resources++
			f.Share = float64(f.Resources) / float64(b.Reach.Of)
		}
		add(&b.Reach.FedMay)
		if h.Must.Depth() > 0 {
			add(&b.Reach.FedMust)
		}
		if !h.Fed {
			add(&b.Reach.May)
			if h.Must.Depth() > 0 {
				add(&b.Reach.Must)
			}
		}
	}
	return b.WithBeyond(beyond)
}

func (y *yard) measures() reach.Measures {
	m := reach.Measures{}
	for _, r := range y.design.Resources() {
		m.Resources++
		if y.Counted(r.ID) {
			m.Counted++
		}
	}
	for _, f := range y.design.Functions() {
		m.Functions++
		b := y.Breach(f.ID)
		m.Mean += b.Reach.May.Share
		if b.Reach.May.Share > m.Worst {
			m.Worst, m.WorstOf = b.Reach.May.Share, f.ID
		}
	}
	if m.Functions > 0 {
		m.Mean /= float64(m.Functions)
	}
	m.Watertightness = 1 - m.Mean
	return m
}

// view shows the breach of a principal, none where it is "".
func (y *yard) view(title, from string) render.View {
	v := render.View{Title: title, Design: y.design, Facts: y, Measures: y.measures()}
	if from != "" {
		v.Breach = y.Breach(y.id(from))
	}
	return v
}

// TestWallsStayOnTheirDeck: no bulkhead leads through another deck's bays, though walls of several decks may stand at one
// x and have doors.
func TestWallsStayOnTheirDeck(t *testing.T) {
	for _, n := range []int{9, 26, 60} {
		p := newPlan(font.Metrics(), []*render.Diagram{render.Draw(fleet(t, n).view("", ""))}, Layout{}.room(1))
		tallest := 0.0
		for _, r := range p.rows {
			tallest = max(tallest, r.floor-r.top)
		}
		tallest += p.rows[0].top - p.shell.deck
		for it := range p.paint(0).Printed() {
			if sh, ok := it.(render.Shape); ok && sh.Width == bulkhead && sh.Stroke == render.Hull {
				if _, _, _, h := sh.Path.Bounds(); h > tallest+0.5 {
					t.Errorf("%d bays: a wall is %.0f high, the highest deck %.0f", n, h, tallest)
				}
			}
		}
	}
}
