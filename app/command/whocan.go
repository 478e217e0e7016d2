package command

import (
	"context"
	"fmt"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

type whoCanCmd struct {
	templateFlags
	Action   string `arg:"" help:"Action, e.g. s3:GetObject."`
	Resource string `arg:"" help:"Resource: ARN, id or name; * for any."`
	File     string `arg:"" help:"Template, folder, snapshot or saved design."`
	JSON     bool   `name:"json" help:"Print JSON."`
}

type whoJSON struct {
	Principal model.ID       `json:"principal"`
	ARN       string         `json:"arn"`
	How       string         `json:"how"` // direct or path
	Certainty string         `json:"certainty"`
	Evidence  []evidenceJSON `json:"evidence"`
	Path      []stepJSON     `json:"path"`
}

func (c whoCanCmd) Run(ctx context.Context, env *Env) error {
	o, err := open(ctx, env, []string{c.File}, c.options())
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
	out := []whoJSON{}
	for _, w := range found {
		how := "direct"
		if len(w.Path) > 0 {
			how = "path"
		}
		out = append(out, whoJSON{w.Principal, model.ARN(o.Design.Element(w.Principal)), how, w.Certainty.String(), evidence(w.Evidence), steps(w.Path)})
	}
	if c.JSON {
		return printJSON(env.Out, map[string]any{"action": c.Action, "resource": resource, "principals": out})
	}
	if len(out) == 0 {
		fmt.Fprintf(env.Out, "nobody in this design may %s on %s\n", c.Action, resource)
	}
	for i, w := range out {
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
