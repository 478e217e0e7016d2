package command

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

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
	found, err := a.Answer(ctx, q)
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
		out = append(out, whoJSON{w.Principal, model.ARN(o.Design.Element(w.Principal)), how, w.Actions, w.Part, reach.WhyKnown(known, w.Principal), w.Certainty.String(), evidence(w.Evidence), steps(w.Path)})
	}
	if c.JSON {
		return printJSON(env.Out, map[string]any{"action": c.Action, "actions": q.Actions, "resource": q.Resource, "on": list(q.On), "principals": out, "administrators": administrators(known)})
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
	if len(out) == 0 {
		fmt.Fprintf(env.Out, "nobody in this design may %s on %s\n", c.Action, cmp.Or(strings.Join(q.On, ", "), q.Resource))
	}
	if len(folded) > 0 {
		fmt.Fprintln(env.Out, reach.AdministratorWords(o.Design, folded))
	}
	for i, w := range out {
		if reach.WhyKnown(folded, w.Principal) != "" {
			continue
		}
		fmt.Fprintf(env.Out, "%-4s %-6s %s", w.Certainty, w.How, o.Design.Name(w.Principal))
		for _, s := range found[i].Path {
			fmt.Fprintf(env.Out, " → %s", o.Design.Name(s.To))
		}
		if w.Part != "" {
			fmt.Fprintf(env.Out, "  %s only", w.Part)
		}
		if len(q.Actions) > 1 {
			some := w.Actions
			if most := 3; len(some) > most+1 {
				some = append(slices.Clone(some[:most]), fmt.Sprintf("%d more", len(some)-most))
			}
			fmt.Fprintf(env.Out, "  %s", strings.Join(some, ", "))
		}
		for _, e := range w.Evidence {
			if e.Line > 0 {
				fmt.Fprintf(env.Out, "  %s:%d", e.File, e.Line)
			}
		}
		fmt.Fprintln(env.Out)
	}
	return nil
}
