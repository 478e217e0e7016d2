package model

import (
	"cmp"
	"strings"
	"sync"
)

// Name is what people call an element: its name in the source, else its physical name. Where several of one kind have
// the same, the stack or account that tells their ids apart stands before it: "worker/Orders". A trigger is called by
// its label; one that has none, by what it comes from. Of an id without an element, such as a log group that the design
// does not declare, it is what stands behind the kind; "" for "". A Terraform address is said without its type where that
// is enough to tell who is meant, and what a construct makes is called by the construct and its parent, or by more of its path
// where others of the kind have the same.
func (d *Design) Name(id ID) string {
	name := d.plainName(id)
	kind, rest, _ := strings.Cut(string(id), "/")
	if short := d.addressed(id, name); short != name {
		return short
	}
	if rest == name {
		return name
	}
	// Few ids have a scope: only these need to know who else is called so.
	scope, ok := strings.CutSuffix(rest, strings.TrimPrefix(string(MakeID("", name)), "/"))
	if !ok || !strings.HasSuffix(scope, "/") && !strings.HasSuffix(scope, ":") || d.names == nil || !d.names.of(d)[kind+"/"+name] {
		return name
	}
	return scope[:len(scope)-1] + "/" + name
}

// addressed is a name, without the type of a Terraform address where nobody else of the kind is called so; of what a
// construct makes, the construct.
func (d *Design) addressed(id ID, name string) string {
	if d.names != nil && d.info.Constructs[id] != "" {
		if construct := d.names.construct(d, id); construct != "" {
			return construct
		}
	}
	kind, _, _ := strings.Cut(string(id), "/")
	if short := withoutType(name); short != name && d.names != nil && !d.names.of(d)[kind+"/"+short] {
		return short
	}
	return name
}

// names are the kinds and names that more than one element has, triggers aside, found out when first asked for.
type names struct {
	once   sync.Once
	shared map[string]bool

	path       sync.Once
	constructs map[ID]string // see constructNames
}

func (n *names) of(d *Design) map[string]bool {
	n.once.Do(func() {
		n.shared = map[string]bool{}
		seen := map[string]bool{}
		for e := range d.All() {
			id := e.ElementID()
			if _, ok := e.(*Trigger); ok {
				continue // called by what it comes from, whose name asks this
			}
			kind, _, _ := strings.Cut(string(id), "/")
			plain := d.plainName(id)
			called := []string{plain}
			if short := withoutType(plain); short != plain {
				called = append(called, short)
			}
			for _, c := range called {
				name := kind + "/" + c
				if seen[name] {
					n.shared[name] = true
				}
				seen[name] = true
			}
		}
	})
	return n.shared
}

// withoutType is a Terraform address of AWS without its type and the word module: shop["eu"].worker for
// module.shop["eu"].aws_lambda_function.worker. Other names, and addresses that say nothing without their type, are
// returned as they are.
func withoutType(address string) string {
	if !strings.HasPrefix(address, "aws_") && !strings.HasPrefix(address, "module.") {
		return address
	}
	var out []string
	rest := address
	for {
		after, ok := strings.CutPrefix(rest, "module.")
		if !ok {
			break
		}
		end := endOfStep(after)
		if end < 0 {
			return address
		}
		out, rest = append(out, after[:end]), after[end+1:]
	}
	typ, name, ok := strings.Cut(rest, ".")
	if !ok || !strings.HasPrefix(typ, "aws_") || strings.Trim(typ, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || endOfStep(name) >= 0 {
		return address
	}
	if bare, _, _ := strings.Cut(name, "["); len(out) == 0 && (bare == "this" || bare == "main" || bare == "default") {
		return address
	}
	return strings.Join(append(out, name), ".")
}

// endOfStep is where the next dot of an address is that stands outside of brackets, -1 for none.
func endOfStep(address string) int {
	quoted, depth := false, 0
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			return i
		}
	}
	return -1
}

func (d *Design) plainName(id ID) string {
	name := ""
	switch e := d.Element(id).(type) {
	case *Function:
		name = cmp.Or(e.LogicalID, e.Name)
	case *Role:
		name = cmp.Or(e.LogicalID, e.Name)
	case *Policy:
		name = cmp.Or(e.Name, e.LogicalID)
	case *Resource:
		name = cmp.Or(e.LogicalID, e.Name)
	case *Principal:
		name = e.Name
	case *Trigger:
		if (e.Label == "" || e.Label == e.Event) && d.Element(e.From) != nil {
			return d.Name(e.From) // with its stack
		}
		name = cmp.Or(e.Label, e.Name, e.Event, e.Kind)
	}
	if name != "" {
		return name
	}
	if _, rest, ok := strings.Cut(string(id), "/"); ok {
		return rest
	}
	return string(id)
}
