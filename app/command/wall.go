package command

import (
	"context"
	"fmt"

	"bulkhead/model"
	"bulkhead/model/reach"
)

// alternatives is how many ways are listed.
const alternatives = 3

type wallJSON struct {
	From       model.ID       `json:"from"`
	Target     model.ID       `json:"target"`
	Statements []evidenceJSON `json:"statements"`
	Smallest   bool           `json:"smallest"`
	Also       []cutJSON      `json:"also"`
	Why        string         `json:"why,omitempty"`
}

type cutJSON struct {
	From         model.ID `json:"from"`
	Target       model.ID `json:"target"`
	Capabilities []string `json:"capabilities"`
}

// hitNamed finds what of a breach a person means by an id, ARN or name.
func hitNamed(a *reach.Analysis, b *reach.Breach, name string) (model.ID, error) {
	id := model.ID(name)
	if e := a.Design().Find(name); e != nil {
		id = e.ElementID()
	}
	for _, h := range b.Hits {
		if h.Target == id {
			return id, nil
		}
	}
	return "", usage("breach: a breach of %s does not reach %s", a.Name(b.From), name)
}

// printWall says which statements would stop a breach, and what else that takes away. Exit code 1: none would.
func (c breachCmd) printWall(ctx context.Context, env *Env, a *reach.Analysis, b *reach.Breach) error {
	target, err := hitNamed(a, b, c.Wall)
	if err != nil {
		return err
	}
	w, err := a.Wall(ctx, b.From, target)
	if err != nil {
		return err
	}
	if c.JSON {
		out := wallJSON{w.From, w.Target, evidence(w.Statements), w.Smallest, []cutJSON{}, w.Why}
		for _, x := range w.Also {
			out.Also = append(out.Also, cutJSON{x.From, x.Target, capabilities(x.Capabilities)})
		}
		if err := printJSON(env.Out, out); err != nil {
			return err
		}
	} else {
		c.tellWall(env, a, w)
	}
	if len(w.Statements) == 0 {
		return &exit{exitNo, ""}
	}
	return nil
}

func (c breachCmd) tellWall(env *Env, a *reach.Analysis, w *reach.Wall) {
	d := a.Design()
	from, target := a.Name(w.From), a.Name(w.Target)
	if len(w.Statements) == 0 {
		fmt.Fprintf(env.Out, "Nothing keeps a breach of %s from %s: %s\n", from, target, w.Why)
		return
	}
	fewest := ""
	if w.Smallest {
		fewest = ", and no fewer do"
	}
	fmt.Fprintf(env.Out, "Without %s, a breach of %s does not reach %s%s:\n", count(len(w.Statements), "statement"), from, target, fewest)
	for _, e := range w.Statements {
		place := ""
		if e.Span.File != "" {
			place = "  " + e.Span.String()
		}
		fmt.Fprintf(env.Out, "  %s%s\n", e.Sentence(d), place)
	}
	if len(w.Also) > 0 {
		fmt.Fprintf(env.Out, "It takes away as well:\n")
	}
	const most = 20
	losses := a.Losses(w)
	for i, x := range losses {
		if i == most {
			fmt.Fprintf(env.Out, "  and %d more\n", len(losses)-most)
			break
		}
		fmt.Fprintf(env.Out, "  %s\n", x.Sentence(d))
	}
}

// printWays lists the shortest ways to a target.
func (c breachCmd) printWays(env *Env, a *reach.Analysis, b *reach.Breach) error {
	target, err := hitNamed(a, b, c.Ways)
	if err != nil {
		return err
	}
	found := a.Ways(b.From, target, alternatives)
	if c.JSON {
		return printJSON(env.Out, ways(found))
	}
	for i, w := range found {
		fmt.Fprintf(env.Out, "way %d\n", i+1)
		for _, s := range w.Path() {
			fmt.Fprintf(env.Out, "  %-4s  %s %s\n", s.Certainty, a.Name(s.From), s.Sentence(a.Design()))
		}
	}
	return nil
}
