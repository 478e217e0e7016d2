package command

import (
	"context"
	"fmt"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

type whoCanCmd struct {
	templateFlags
	Action   string   `arg:"" help:"Action, e.g. s3:GetObject."`
	Resource string   `arg:"" help:"Resource: ARN, id or name; * for any."`
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
	if catalog.Load().Action(c.Action) == nil {
		return usage("who-can: AWS has no action %q", c.Action)
	}
	resource := c.Resource
	if e := o.Design.Find(resource); e != nil && model.ARN(e) != "" {
		resource = model.ARN(e)
	}
	a, err := reach.Analyze(ctx, o.Design, catalog.Load(), nil)
	if err != nil {
		return err
	}
	found, err := a.WhoCan(ctx, c.Action, resource)
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
		out = append(out, whoJSON{w.Principal, model.ARN(o.Design.Element(w.Principal)), how, reach.WhyKnown(known, w.Principal), w.Certainty.String(), evidence(w.Evidence), steps(w.Path)})
	}
	if c.JSON {
		return printJSON(env.Out, map[string]any{"action": c.Action, "resource": resource, "principals": out, "administrators": administrators(known)})
	}
	var folded []reach.Administrator
	if !c.Unfold {
		folded = reach.Fold(known, func(id model.ID) bool {
			return slices.ContainsFunc(out, func(w whoJSON) bool { return w.Principal == id })
		})
	}
	if len(out) == 0 {
		fmt.Fprintf(env.Out, "nobody in this design may %s on %s\n", c.Action, resource)
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
		for _, e := range w.Evidence {
			if e.Line > 0 {
				fmt.Fprintf(env.Out, "  %s:%d", e.File, e.Line)
			}
		}
		fmt.Fprintln(env.Out)
	}
	return nil
}
