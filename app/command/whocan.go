package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

type whoCanCmd struct {
	templateFlags
	Action   string   `arg:"" help:"Action, e.g. s3:GetObject; with wildcards any of those that it stands for."`
	Resource string   `arg:"" help:"Resource: ARN, id or name, which stand for what of it the action acts on, such as a bucket's objects; * for any."`
	File     []string `arg:"" help:"Template, folder, snapshot or saved design. Several make one design."`
	JSON     bool     `name:"json" help:"Print JSON."`
	knownFlags
	Unfold bool `help:"Print known administrators one by one."`
}

// knownFlags say who is known to be an administrator beside those that show.
type knownFlags struct {
	Known []string `name:"known-admin" help:"Principal that is known as an administrator: name, ARN or id, * for anything." placeholder:"NAME"`
}

// An administratorJSON is a principal that text folds with others like it.
type administratorJSON struct {
	ID  model.ID `json:"id"`
	Why string   `json:"why"`
}

func administrators(known []reach.Administrator) []administratorJSON {
	out := []administratorJSON{}
	for _, k := range known {
		out = append(out, administratorJSON{k.ID, k.Why})
	}
	return out
}

type whoJSON struct {
	Principal model.ID       `json:"principal"`
	ARN       string         `json:"arn"`
	How       string         `json:"how"`                     // direct or path
	Actions   []string       `json:"actions"`                 // those of the question's that it may
	Part      string         `json:"part,omitempty"`          // of the resource, where it may on that alone
	Admin     string         `json:"administrator,omitempty"` // why it is known as one
	Certainty string         `json:"certainty"`
	Note      string         `json:"note,omitempty"` // why it is only perhaps, where no condition says it
	Evidence  []evidenceJSON `json:"evidence"`
	Path      []stepJSON     `json:"path"`
}

func (c whoCanCmd) Run(ctx context.Context, env *Env) error {
	o, err := open(ctx, env, c.File, c.options())
	if err != nil {
		return err
	}
	a, err := reach.Analyze(ctx, o.Design, catalog.Load(), nil)
	if err != nil {
		return err
	}
	q, err := a.Question(c.Action, c.Resource)
	if err != nil {
		return usage("who-can: %s", err)
	}
	found, barred, err := a.Answer(ctx, q)
	if err != nil {
		return err
	}
	known := a.Administrators(c.Known...)
	out := []whoJSON{}
	for _, w := range found {
		how := "direct"
		if len(w.Path) > 0 {
			how = "path"
		}
		out = append(out, whoJSON{w.Principal, model.ARN(o.Design.Element(w.Principal)), how, w.Actions, w.Part, reach.WhyKnown(known, w.Principal), w.Certainty.String(), w.Note, evidence(slices.Concat(w.Evidence, w.Key)), steps(w.Path)})
	}
	if c.JSON {
		return printJSON(env.Out, map[string]any{"action": c.Action, "actions": q.Actions, "resource": q.Resource, "on": list(q.On), "keys": keysOf(q), "principals": out,
			"withoutKey": barredOf(o.Design, barred), "administrators": administrators(known)})
	}
	var folded []reach.Administrator
	if !c.Unfold {
		folded = reach.Fold(known, func(id model.ID) bool {
			return slices.ContainsFunc(out, func(w whoJSON) bool { return w.Principal == id })
		})
	}
	if says := q.Says(); says != "" {
		fmt.Fprintln(env.Out, says)
	}
	for _, k := range q.Keys {
		fmt.Fprintf(env.Out, "%s needs %s as well, on %s, which encrypts it\n", strings.Join(q.Actions, ", "), k.Action, cmp.Or(keyName(o.Design, k), "its key"))
	}
	if len(barred) > 0 {
		var names []string
		for i, id := range barred {
			if i == mostTold {
				names = append(names, fmt.Sprintf("%d more", len(barred)-i))
				break
			}
			names = append(names, a.Name(id))
		}
		fmt.Fprintf(env.Out, "allowed, but kept out by the key: %s\n", joined(names))
	}
	if len(out) == 0 {
		fmt.Fprintf(env.Out, "nobody in this design may %s on %s\n", c.Action, cmp.Or(strings.Join(q.On, ", "), q.Resource))
	}
	if len(folded) > 0 {
		fmt.Fprintln(env.Out, reach.AdministratorWords(o.Design, folded))
	}
	return printWho(env.Out, a, q, slices.DeleteFunc(found, func(w reach.Who) bool { return reach.WhyKnown(folded, w.Principal) != "" }))
}

// A keyJSON is what an action needs of the key that encrypts the resource.
type keyJSON struct {
	Key    model.ID `json:"key,omitempty"` // where the design shows it
	ARN    string   `json:"arn"`
	Action string   `json:"action"`
}

func keysOf(q *reach.Question) []keyJSON {
	out := []keyJSON{}
	for _, k := range q.Keys {
		out = append(out, keyJSON(k))
	}
	return out
}

// A barredJSON is a principal that policies allow and the key does not.
type barredJSON struct {
	Principal model.ID `json:"principal"`
	ARN       string   `json:"arn"`
}

func barredOf(d *model.Design, ids []model.ID) []barredJSON {
	out := []barredJSON{}
	for _, id := range ids {
		out = append(out, barredJSON{id, model.ARN(d.Element(id))})
	}
	return out
}

// keyName is what people call a key: its name, or the ARN of one that the design does not show.
func keyName(d *model.Design, k reach.KeyNeed) string {
	if k.Key != "" {
		return d.Name(k.Key)
	}
	return k.ARN
}

// printWho prints a line for each who may, with the statements that let it. A role is left out beside a function that may the same
// by it.
func printWho(out io.Writer, a *reach.Analysis, q *reach.Question, found []reach.Who) error {
	d := a.Design()
	ables := session.Ables(d, found)
	var t textTable
	ways := map[string]int{}
	for _, w := range ables {
		how, name := "direct", a.Name(w.Principal)
		if w.As != "" && a.Name(w.As) != name {
			name += " as " + a.Name(w.As)
		}
		if len(w.Path) > 0 {
			how = "path"
			if _, rest, ok := strings.Cut(chain(d, w.Path), " → "); ok {
				name += " → " + rest
			}
		}
		ways[how]++
		if w.Part != "" {
			name += ": " + w.Part + " only"
		}
		if len(q.Actions) > 1 {
			some := w.Actions
			if most := 3; len(some) > most+1 {
				some = append(slices.Clone(some[:most]), fmt.Sprintf("%d more", len(some)-most))
			}
			name += ": " + strings.Join(some, ", ")
		}
		row := []string{w.Certainty.String(), how, name, "", ""}
		reason := func(place, says string) {
			row[3], row[4] = place, says
			t = append(t, row)
			row = make([]string, 5)
		}
		steps, key := w.Grounds()
		for _, s := range append(slices.Clone(steps), &reach.Step{Kind: reach.Acts, Evidence: key}) {
			for _, e := range s.Grounds() {
				reason(where(e.Span), e.Sentence(d))
			}
		}
		if w.Certainty == reach.May {
			for _, s := range steps {
				for _, line := range s.Why(d)[len(s.Grounds()):] {
					reason("", line)
				}
			}
		}
		if row[0] != "" {
			t = append(t, row)
		}
	}
	if len(ables) > 0 {
		fmt.Fprintf(out, "%d directly, %d by a path\n", ways["direct"], ways["path"])
	}
	t.print(out)
	return nil
}
