package view

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/source"
)

// TestWhoCanSaysStepsAndStatements: who can do an action is listed directly or by a path, each with its steps and statements, which a
// click shows in the source; a name is selected; what cannot be asked says why.
func TestWhoCanSaysStepsAndStatements(t *testing.T) {
	_, st := opened(t, "team")
	d, a := st.After.Design, st.After.Analysis
	newApp(t)
	direct, paths := 0, 0
	for _, r := range d.Resources() {
		v := NewWhoCan(d, r)
		var asked []string
		v.OnAsk = func(action string) { asked = append(asked, action) }
		v.Ask()
		if len(asked) != 1 { // of what no statement can name nothing is asked
			continue
		}
		answer, err := session.WhoCan(context.Background(), a, asked[0], string(r.ID))
		if err != nil {
			t.Fatalf("%s cannot be asked about %s: %v", r.ID, asked[0], err)
		}
		var places []source.Span
		var picked []model.ID
		v.OnSource = func(at source.Span) { places = append(places, at) }
		v.OnSelect = func(id model.ID) { picked = append(picked, id) }
		v.Set(answer, nil)
		newWindow(t, v.Root, 812, 560)
		texts, links := said(v.content)
		for _, l := range links {
			if l.Size().Width < 8 {
				t.Errorf("%s: %q is not to be seen", r.ID, l.Text)
			}
		}
		all := strings.Join(texts, "\n")
		for head, of := range map[string][]session.Able{"DIRECTLY": answer.Direct, "BY A PATH": answer.ByPath} {
			if len(of) > 0 != slices.Contains(texts, fmt.Sprintf("%s · %d", head, len(of))) {
				t.Errorf("%s: %d %s, not so in\n%s", r.ID, len(of), head, all)
			}
			for _, x := range of[:min(len(of), mostAble)] {
				if !slices.Contains(texts, Name(d, x.Principal)) {
					t.Errorf("%s: no %s in\n%s", r.ID, x.Principal, all)
				}
				steps, _ := x.Grounds()
				for i, s := range steps {
					if i < len(x.Path) && !slices.Contains(texts, StepSentence(d, s)) {
						t.Errorf("%s: no step %q in\n%s", r.ID, StepSentence(d, s), all)
					}
					for _, e := range s.Grounds() {
						if !slices.Contains(texts, e.Sentence(d)) {
							t.Errorf("%s: no statement %q in\n%s", r.ID, e.Sentence(d), all)
						}
					}
				}
			}
		}
		for _, l := range links {
			test.Tap(l)
		}
		if n := len(answer.Direct) + len(answer.ByPath); len(picked) != n || n > 0 && len(places) == 0 {
			t.Errorf("%s: of %d who can, %d are selected by a click, and %d places are shown", r.ID, n, len(picked), len(places))
		}
		direct, paths = direct+len(answer.Direct), paths+len(answer.ByPath)
		_, err = session.WhoCan(context.Background(), a, "s3:Gibberish", string(r.ID))
		v.Set(nil, err)
		if texts, _ = said(v.content); !strings.Contains(strings.Join(texts, "\n"), "Gibberish") {
			t.Errorf("of what AWS does not have it says %q", texts)
		}
	}
	if direct == 0 || paths == 0 {
		t.Errorf("%d can directly and %d by a path: nothing was tried", direct, paths)
	}
}

// What makes a resource is not asked about one that is there.
func TestUsualActionsAreOnWhatIsThere(t *testing.T) {
	for _, c := range []struct{ cfnType, arn, want string }{
		{"AWS::SecretsManager::Secret", "arn:aws:secretsmanager:us-east-1:111122223333:secret:key-XXXXXX", "secretsmanager:RotateSecret"},
		{"AWS::DynamoDB::Table", "arn:aws:dynamodb:us-east-1:111122223333:table/orders", "dynamodb:PutItem"},
	} {
		var got []string
		for _, a := range usualActions(&model.Resource{Type: c.cfnType, ARN: c.arn}) {
			got = append(got, a.String())
		}
		if !slices.Contains(got, c.want) || slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, ":Create") }) {
			t.Errorf("%s: %v", c.cfnType, got)
		}
	}
}
