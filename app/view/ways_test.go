package view

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/importers/cfn"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

// said is what a tree of objects says, and the links in it.
func said(o fyne.CanvasObject) (texts []string, links []*Link) {
	switch o := o.(type) {
	case *fyne.Container:
		for _, x := range o.Objects {
			ts, ls := said(x)
			texts, links = append(texts, ts...), append(links, ls...)
		}
	case *Label:
		texts = append(texts, o.Text)
	case *Text:
		texts = append(texts, o.Text)
	case *Link:
		texts, links = append(texts, o.Text), append(links, o)
	}
	return texts, links
}

// TestWaysSayStepsStatementsAndWall: each step of each way is a sentence with its statements, which a click shows in the source;
// then the wall, whether it is proven to be the fewest, and what else it takes away.
func TestWaysSayStepsStatementsAndWall(t *testing.T) {
	_, st := opened(t, "team")
	d, a, b := st.After.Design, st.After.Analysis, st.After.Breach
	seen := 0
	for _, h := range b.Hits {
		if h.Fed || h.Hops < 2 {
			continue
		}
		ways := a.Ways(b.From, h.Target, MostWays)
		v := NewWays(d, ways)
		var shown []source.Span
		v.OnSource = func(at source.Span) { shown = append(shown, at) }
		texts, links := said(v.content)
		all := strings.Join(texts, "\n")
		for _, w := range ways {
			for _, s := range w.Path() {
				if says := StepSentence(d, s); !strings.HasPrefix(says, Name(d, s.From)) || strings.Contains(says, "because") || !slices.Contains(texts, says) {
					t.Errorf("%s: no step %q in\n%s", h.Target, says, all)
				}
				for _, e := range s.Grounds() {
					if !slices.Contains(texts, e.Sentence(d)) {
						t.Errorf("%s: no statement %q in\n%s", h.Target, e.Sentence(d), all)
					}
				}
			}
		}
		for _, l := range links {
			test.Tap(l)
		}
		if len(shown) != len(links) || len(shown) == 0 || slices.ContainsFunc(shown, source.Span.IsZero) {
			t.Errorf("%s: %d links show %v", h.Target, len(links), shown)
		}
		w, err := a.Wall(context.Background(), b.From, h.Target)
		if err != nil {
			t.Fatal(err)
		}
		v.SetWall(WallOffer{Wall: w, Losses: a.Losses(w)})
		texts, _ = said(v.content)
		all = strings.Join(texts, "\n")
		for _, e := range w.Statements {
			if !slices.Contains(texts, e.Sentence(d)) {
				t.Errorf("%s: no statement of the wall %q in\n%s", h.Target, e.Sentence(d), all)
			}
		}
		if w.Smallest != strings.Contains(all, "proven to be the fewest") && len(w.Statements) > 0 {
			t.Errorf("%s: proven %v:\n%s", h.Target, w.Smallest, all)
		}
		if len(w.Also) > 0 && len(w.Statements) > 0 && !strings.Contains(all, a.Losses(w)[0].Sentence(d)) {
			t.Errorf("%s: what it takes away as well is missing:\n%s", h.Target, all)
		}
		if seen++; seen == 6 {
			return
		}
	}
	t.Errorf("only %d hits are further than a step", seen)
}

// TestWhatStandsBeforeIsNotTheSubject: beside the name of what is hit stands what can be done to it, or who does it.
func TestWhatStandsBeforeIsNotTheSubject(t *testing.T) {
	for _, sample := range []string{"webshop", "photos", "team"} {
		_, st := opened(t, sample)
		d := st.After.Design
		for _, h := range st.After.Breach.Hits {
			words := CanDo(d, &h)
			if strings.HasPrefix(words, "can ") || strings.HasPrefix(words, "may ") || words == "" {
				t.Errorf("%s: %s %q", sample, h.Target, words)
			}
			if _, kind := h.By(); kind == reach.Acts && !h.Held() && strings.Contains(words+",", " of it,") {
				t.Errorf("%s: %s is said twice: %q", sample, h.Target, words)
			}
			if _, kind := h.By(); kind != reach.Acts && h.Last().From != "" && !strings.HasPrefix(words, Name(d, h.Last().From)+" ") {
				t.Errorf("%s: %s: who does it is not said: %q", sample, h.Target, words)
			}
		}
	}
}

// TestOutsideStartsInTheOutline: who comes from outside is a row of its own, and is told with what lets it in.
func TestOutsideStartsInTheOutline(t *testing.T) {
	s, st := opened(t, "webshop")
	rows := Outline(st.After.Design, st.After.Analysis, st.After.Measures, false)
	i := slices.IndexFunc(rows, func(r Row) bool { return r.ID == "outside/anyone" })
	if i < 1 || rows[i-1].Name != "FROM OUTSIDE" || rows[i].Figure != "0 %" || rows[i].Caption != "no AWS account needed" {
		t.Fatalf("%+v", rows)
	}
	s.Select("outside/anyone")
	in := NewInspector()
	in.OnSelect, in.OnSource = nil, func(source.Span) {}
	in.Set(s.State())
	texts, _ := said(in.content)
	all := strings.Join(texts, "\n")
	for _, say := range []string{"anyone", "From outside · no AWS account needed", "with fed functions vulnerable too: 100 %, 6 of 6", "LET IN BY", "Shop", "GET /products asks for no credentials", "line 43"} {
		if !slices.Contains(texts, say) {
			t.Errorf("no %q in\n%s", say, all)
		}
	}
}

// TestNoFunctionIsNoGoodNews: of a design without functions the bar below gives no figures, and says who reaches an administrator.
func TestNoFunctionIsNoGoodNews(t *testing.T) {
	const template = `Resources:
  Rules: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: !GetAtt Climbs.Arn}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}]}}
  Climbs: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}}]}}
`
	path := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(path, []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := session.Open(context.Background(), path, cfn.Sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	st, err := s.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range Ledger(st) {
		if m.Color == render.Good || m.Name != "Administrator" && m.Figure != "–" {
			t.Errorf("%s is %s", m.Name, m.Figure)
		}
		if m.Name == "Administrator" && (m.Figure != "yes" || m.Remark != "from Climbs") {
			t.Errorf("%s: %s %s", m.Name, m.Figure, m.Remark)
		}
	}
}

// TestPerhapsIsSaidWhereSomethingDecides: what a way with something unknown in it leads to is may, in each row and in the bar below.
func TestPerhapsIsSaidWhereSomethingDecides(t *testing.T) {
	const template = `Resources:
  Run: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["iam:PassRole", "ecs:RunTask"], Resource: "*"}]}}]}}
  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Run.Arn, Runtime: python3.13, Handler: a.b, Code: {ZipFile: x}}}
  Task: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: sts:AssumeRole}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}]}}
  Other: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]}}}
`
	path := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(path, []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := session.Open(context.Background(), path, cfn.Sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Select("fn/F")
	st, err := s.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, r := range FloodsOf(st.After, false, 0).Rows {
		said[r.Name] = r.Word
		if r.Word == "runs, may" && !r.Hatched {
			t.Errorf("%s is drawn as sure", r.Name)
		}
	}
	for name, word := range map[string]string{"Administrator": "may", "Task": "runs, may", "Other": "runs, may"} {
		if said[name] != word {
			t.Errorf("%s is %q, not %q: %v", name, said[name], word, said)
		}
	}
	for _, m := range Ledger(st) {
		if m.Name == "Administrator" && m.Figure != "perhaps" {
			t.Errorf("administrator: %s", m.Figure)
		}
	}
}

// TestGuestsByWhatMatters: roles and users that newly reach an administrator come first, then those that are known as one, then by
// reach; groups, which start nothing, last.
func TestGuestsByWhatMatters(t *testing.T) {
	_, st := opened(t, "team")
	var order []string
	for _, r := range Outline(st.After.Design, st.After.Analysis, st.After.Measures, false) {
		if r.Place == Guest && !reach.Outside(r.ID) {
			order = append(order, r.Name)
		}
	}
	at := func(name string) int { return slices.Index(order, name) }
	if at("deploy") != 0 || at("ci") != 1 || at("break-glass") != 2 || at("developers") != len(order)-1 {
		t.Errorf("the order is %q", order)
	}
}
