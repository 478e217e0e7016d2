package edit

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
)

// A deployed is one of those that a design is made of.
type deployed struct {
	name, file string
	nests      []string // files of stacks in it that change
	changes    bool
}

// stacks lists the stacks of both designs, in the order of the design; none for a design that is no template, or one alone.
func (w *deployment) stacks() []deployed {
	if w.account() || w.terraform() {
		return nil
	}
	var out []deployed
	at := func(e model.Element) *deployed {
		name := model.StackOf(e)
		if name == "" {
			return nil
		}
		i := slices.IndexFunc(out, func(s deployed) bool { return s.name == name })
		if i < 0 {
			i = len(out)
			out = append(out, deployed{name: name, file: e.Place().File})
		}
		return &out[i]
	}
	for _, d := range []*model.Design{w.before, w.after} {
		for _, e := range d.Elements() {
			at(e)
		}
	}
	for _, c := range w.changes {
		for _, e := range []model.Element{c.Before, c.After} {
			if e == nil || c.IsMark() {
				continue
			}
			if s := at(e); s != nil {
				s.changes = true
			}
		}
	}
	if len(out) < 2 {
		return nil
	}
	return w.unnested(out)
}

// unnested are the stacks that are deployed by themselves: those that nest in others are deployed with these.
func (w *deployment) unnested(all []deployed) []deployed {
	in := map[string]string{}
	for _, r := range w.before.Resources() {
		if r.Type == "AWS::CloudFormation::Stack" || r.Type == "AWS::Serverless::Application" {
			in[model.StackOf(r)+"-"+r.LogicalID] = model.StackOf(r)
		}
	}
	var out []deployed
	for _, s := range all {
		if in[s.name] == "" {
			out = append(out, s)
		}
	}
	for _, s := range all {
		top := s.name
		for n := 0; in[top] != "" && n < len(all); n++ {
			top = in[top]
		}
		i := slices.IndexFunc(out, func(o deployed) bool { return o.name == top })
		if top == s.name || !s.changes || i < 0 {
			continue
		}
		out[i].changes = true
		if !slices.Contains(out[i].nests, s.file) {
			out[i].nests = append(out[i].nests, s.file)
		}
	}
	return out
}

// in says in which stack an element is, where there are several.
func (w *deployment) in(e model.Element) string {
	name := model.StackOf(e)
	if name == "" || len(w.several) == 0 {
		return ""
	}
	return ", in stack `" + name + "`"
}

// changing and staying are the stacks whose template changes, and the others.
func (w *deployment) changing() (changing, staying []string) {
	for _, s := range w.several {
		text := "`" + s.name + "`"
		if s.file != "" {
			text += " (`" + s.file + "`)"
		}
		if len(s.nests) > 0 {
			text += ", packaged anew with `" + strings.Join(s.nests, "`, `") + "`"
		}
		if s.changes {
			changing = append(changing, text)
		} else {
			staying = append(staying, text)
		}
	}
	return changing, staying
}

// beyond are the stacks that refer to an element of another one.
func (w *deployment) beyond(id model.ID, own string) []string {
	var out []string
	for _, d := range []*model.Design{w.before, w.after} {
		for _, e := range d.Elements() {
			name, refers := model.StackOf(e), false
			switch e := e.(type) {
			case *model.Trigger:
				refers = e.To == id || e.From == id
			case *model.Function:
				refers = e.Role == id
			case *model.Role:
				for _, p := range e.Policies {
					if q := d.Policy(p); e.ID == id && q != nil {
						if of := model.StackOf(q); of != "" && of != own && !slices.Contains(out, "`"+of+"`") {
							out = append(out, "`"+of+"`")
						}
					}
				}
			}
			if refers && name != "" && name != own && !slices.Contains(out, "`"+name+"`") {
				out = append(out, "`"+name+"`")
			}
		}
	}
	return out
}

// acrossStacks names what can go wrong between stacks: an export that is imported stays as it is.
func (w *deployment) acrossStacks() []string {
	if w.account() || w.terraform() {
		return nil
	}
	passed := w.after.Info().Passed
	var was, is, others []string
	for _, e := range w.removed {
		to := passed[e.ElementID()]
		if to == "" {
			continue
		}
		was, is = append(was, "`"+label(e)+"`"), append(is, "`"+short(to)+"`")
		for _, o := range w.beyond(e.ElementID(), model.StackOf(e)) {
			if !slices.Contains(others, o) {
				others = append(others, o)
			}
		}
	}
	if len(was) == 0 {
		return nil
	}
	text := fmt.Sprintf("Outputs that named %s name %s now. CloudFormation refuses to change the value of an export while another stack imports it", and(was), and(is))
	if len(others) > 0 {
		text += ", as " + and(others) + verb(len(others), " does", " do")
	}
	return []string{text + ": export the new value under a new name, lead importers there, and take the old export out last."}
}

func verb(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
