package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
	"bulkhead/model/source"
)

type modelCmd struct {
	templateFlags
	File []string `arg:"" help:"Template, folder, snapshot or saved design. Several make one design."`
	JSON bool     `name:"json" help:"Print JSON."`
}

func (c modelCmd) Run(ctx context.Context, env *Env) error {
	o, err := open(ctx, env, c.File, c.options())
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.Out, describe(ctx, o.Import))
	}
	printModel(ctx, env.Out, o.Import)
	return nil
}

type modelJSON struct {
	Source      sourceJSON       `json:"source"`
	Functions   []functionJSON   `json:"functions"`
	Roles       []roleJSON       `json:"roles"`
	Resources   []resourceJSON   `json:"resources"`
	Triggers    []triggerJSON    `json:"triggers"`
	Principals  []principalJSON  `json:"principals"`
	NotSeen     []string         `json:"notSeen"`
	Outside     []string         `json:"outside"`
	Diagnostics []diagnosticJSON `json:"diagnostics"`
}

type sourceJSON struct {
	Kind  string   `json:"kind"`
	Files []string `json:"files"`
}

type placeJSON struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

func place(s source.Span) placeJSON { return placeJSON{s.File, s.Line} }

type functionJSON struct {
	ID          model.ID         `json:"id"`
	LogicalID   string           `json:"logicalId"`
	Name        string           `json:"name"`
	ARN         string           `json:"arn"`
	Role        model.ID         `json:"role,omitempty"`
	Runtime     string           `json:"runtime,omitempty"`
	Handler     string           `json:"handler,omitempty"`
	Environment []string         `json:"environment"`
	LogGroup    string           `json:"logGroup,omitempty"` // ARN of the one that it is told to write to
	Policy      *policy.Document `json:"policy"`
	Construct   string           `json:"construct,omitempty"` // path of the CDK construct that makes it
	LeftOut     bool             `json:"leftOut,omitempty"`   // a condition of the template leaves it out
	placeJSON
}

type roleJSON struct {
	ID              model.ID           `json:"id"`
	LogicalID       string             `json:"logicalId"`
	Name            string             `json:"name"`
	ARN             string             `json:"arn"`
	Trust           *policy.Document   `json:"trust"`
	ManagedPolicies []string           `json:"managedPolicies"`
	Attached        []string           `json:"attachedPolicies"` // managed policies that name the role, instead of the role them
	InlinePolicies  []inlinePolicyJSON `json:"inlinePolicies"`
	Boundary        any                `json:"boundary"`
	External        bool               `json:"external,omitempty"`
	Construct       string             `json:"construct,omitempty"`
	LeftOut         bool               `json:"leftOut,omitempty"` // a condition of the template leaves it out
	placeJSON
}

type inlinePolicyJSON struct {
	Name     string           `json:"name"`
	Document *policy.Document `json:"document"`
	placeJSON
}

type resourceJSON struct {
	ID        model.ID         `json:"id"`
	LogicalID string           `json:"logicalId"`
	Name      string           `json:"name,omitempty"`
	Type      string           `json:"type"`
	ARN       string           `json:"arn"`
	Policy    *policy.Document `json:"policy"`
	Key       model.ID         `json:"key,omitempty"`
	External  bool             `json:"external,omitempty"` // it is named only
	Construct string           `json:"construct,omitempty"`
	LeftOut   bool             `json:"leftOut,omitempty"` // a condition of the template leaves it out
	placeJSON
}

type triggerJSON struct {
	ID      model.ID `json:"id"`
	From    model.ID `json:"from"`
	To      model.ID `json:"to"`
	Kind    string   `json:"kind"`
	Event   string   `json:"event"`
	Label   string   `json:"label,omitempty"`
	Open    bool     `json:"open,omitempty"`
	Keyed   bool     `json:"keyed,omitempty"`   // … to anyone who has an API key
	Token   bool     `json:"token,omitempty"`   // to whom an authorizer of the API's own lets in
	Only    string   `json:"only,omitempty"`    // what its filter lets pass, in words
	Off     bool     `json:"off,omitempty"`     // it is disabled
	Reads   bool     `json:"reads,omitempty"`   // a task that only reads what it is on
	Role    model.ID `json:"role,omitempty"`    // that the service behind it acts with
	Bus     string   `json:"bus,omitempty"`     // of a rule: ARN of its event bus where that is not in the design
	LeftOut bool     `json:"leftOut,omitempty"` // a condition of the template leaves it out
	placeJSON
}

type principalJSON struct {
	ID   model.ID `json:"id"`
	Kind string   `json:"kind"`
	ARN  string   `json:"arn"`

	LogicalID string `json:"logicalId"`
	Name      string `json:"name"`
}

type diagnosticJSON struct {
	Severity string `json:"severity"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Rule     string `json:"rule"` // stable name of what the policy lint found, docs/lint.md; "" for what the import says
}

// leftOut is the design with what conditions leave out, nil if they leave out nothing.
func leftOut(ctx context.Context, in *importers.Import) *model.Design {
	s, ok := in.Source.(importers.Whole)
	if !ok || !in.LeavesOut {
		return nil
	}
	whole, err := s.Whole(ctx, in)
	if err != nil {
		return nil // the import itself holds
	}
	return whole
}

// add lists a design's functions, roles, resources and triggers, but those that another has.
func (out *modelJSON) add(d, without *model.Design) {
	info := d.Info()
	has := func(id model.ID) bool { return without != nil && without.Element(id) != nil }
	for _, f := range d.Functions() {
		if has(f.ID) {
			continue
		}
		env := []string{}
		for _, v := range f.Environment {
			env = append(env, v.Name)
		}
		out.Functions = append(out.Functions, functionJSON{f.ID, f.LogicalID, f.Name, f.ARN, f.Role, f.Runtime, f.Handler, env, f.LogGroup, f.Policy, info.Constructs[f.ID], without != nil, place(f.Origin)})
	}
	for _, r := range d.Roles() {
		if has(r.ID) {
			continue
		}
		j := roleJSON{ID: r.ID, LogicalID: r.LogicalID, Name: r.Name, ARN: r.ARN, Trust: r.Trust, External: r.External, Construct: info.Constructs[r.ID],
			ManagedPolicies: []string{}, Attached: []string{}, InlinePolicies: []inlinePolicyJSON{}, LeftOut: without != nil, placeJSON: place(r.Origin)}
		for _, id := range r.Policies {
			p := d.Policy(id)
			switch {
			case p == nil:
			case p.Attaches:
				j.Attached = append(j.Attached, p.ARN)
			case p.Managed:
				j.ManagedPolicies = append(j.ManagedPolicies, p.ARN)
			default:
				j.InlinePolicies = append(j.InlinePolicies, inlinePolicyJSON{p.Name, p.Document, place(p.Origin)})
			}
		}
		if b := d.Policy(r.Boundary); b != nil {
			j.Boundary = b.ARN
		}
		out.Roles = append(out.Roles, j)
		if without == nil {
			out.Principals = append(out.Principals, principalJSON{r.ID, "role", r.ARN, r.LogicalID, r.Name})
		}
	}
	for _, r := range d.Resources() {
		if has(r.ID) {
			continue
		}
		out.Resources = append(out.Resources, resourceJSON{r.ID, r.LogicalID, r.Name, r.Type, r.ARN, r.Policy, r.Key, r.External, info.Constructs[r.ID], without != nil, place(r.Origin)})
	}
	for _, t := range d.Triggers() {
		if has(t.ID) {
			continue
		}
		out.Triggers = append(out.Triggers, triggerJSON{t.ID, t.From, t.To, t.Kind, t.Event, t.Label, t.Open, t.Keyed, t.Token, reach.Lets(d, t), t.Off, t.Reads, t.Role, t.Bus, without != nil, place(t.Origin)})
	}
}

func describe(ctx context.Context, in *importers.Import) modelJSON {
	d := in.Design
	info := d.Info()
	out := modelJSON{
		Source:    sourceJSON{info.Kind, list(info.Files)},
		Functions: []functionJSON{}, Roles: []roleJSON{}, Resources: []resourceJSON{}, Triggers: []triggerJSON{},
		Principals: []principalJSON{}, Diagnostics: []diagnosticJSON{}, NotSeen: list(info.NotSeen), Outside: list(info.Outside),
	}
	out.add(d, nil)
	if whole := leftOut(ctx, in); whole != nil {
		out.add(whole, d)
	}
	for _, p := range d.Principals() {
		out.Principals = append(out.Principals, principalJSON{p.ID, string(p.Kind), p.ARN, cmp.Or(p.LogicalID, p.Name), p.Name})
	}
	for _, x := range in.Diagnostics {
		out.Diagnostics = append(out.Diagnostics, diagnosticJSON{x.Severity.String(), x.Span.File, x.Span.Line, x.Span.Column, x.Summary, x.Detail, x.Rule})
	}
	return out
}

func printModel(ctx context.Context, w io.Writer, in *importers.Import) {
	d := in.Design
	info := d.Info()
	fmt.Fprintf(w, "%s · %s · %s, %s, %s\n", info.Name, info.Kind,
		count(len(d.Functions()), "function"), count(len(d.Roles()), "role"), count(len(d.Resources()), "resource"))
	for _, f := range d.Functions() {
		fmt.Fprintf(w, "\n%s  %s %s  %s\n", d.Name(f.ID), f.Runtime, f.Handler, f.Origin)
		for _, t := range d.TriggersOf(f.ID) {
			fmt.Fprintf(w, "  started by %s %s\n", t.Event, t.Label)
		}
		r := d.Role(f.Role)
		if r == nil {
			fmt.Fprintf(w, "  no role seen\n")
			continue
		}
		fmt.Fprintf(w, "  runs as %s  %s\n", d.Name(r.ID), r.Origin)
		for _, id := range r.Policies {
			p := d.Policy(id)
			if p == nil || p.Document == nil {
				fmt.Fprintf(w, "    %s: not seen\n", id)
				continue
			}
			for i, s := range p.Document.Statements {
				at := s.Span
				if at.IsZero() {
					at = r.Attached[id]
				}
				fmt.Fprintf(w, "    %s %d: %s %s on %s  %s\n", p.Name, i+1, s.Effect, words(s.Actions, s.NotAction), words(s.Resources, s.NotResource), at)
			}
		}
	}
	if whole := leftOut(ctx, in); whole != nil {
		var names []string
		for _, e := range whole.Elements() {
			switch e.(type) {
			case *model.Function, *model.Role, *model.Resource:
				if d.Element(e.ElementID()) == nil {
					names = append(names, string(e.ElementID()))
				}
			}
		}
		fmt.Fprintf(w, "\nleft out by conditions: %s\n", strings.Join(names, ", "))
	}
}

// words lists at most three of the names.
func words(names []string, not bool) string {
	more := ""
	if len(names) > 3 {
		more = fmt.Sprintf(" and %d more", len(names)-3)
		names = names[:3]
	}
	s := ""
	for i, n := range names {
		if i > 0 {
			s += ", "
		}
		s += n
	}
	if not {
		return "all but " + s + more
	}
	return s + more
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if noun[len(noun)-1] == 'y' {
		return fmt.Sprintf("%d %sies", n, noun[:len(noun)-1])
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
