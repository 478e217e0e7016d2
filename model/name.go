package model

import (
	"cmp"
	"strings"
	"sync"
)

// Name is what people call an element: its name in the source, else its physical name. Where several of one kind have
// the same, the stack or account that tells their ids apart stands before it: "worker/Orders". A trigger is called by
// its label; one that has none, by what it comes from. Of an id without an element, such as a log group that the design
// does not declare, it is what stands behind the kind; "" for "".
func (d *Design) Name(id ID) string {
	name := d.plainName(id)
	kind, rest, _ := strings.Cut(string(id), "/")
	// Few ids have a scope: only these need to know who else is called so.
	scope, ok := strings.CutSuffix(rest, strings.TrimPrefix(string(MakeID("", name)), "/"))
	if !ok || !strings.HasSuffix(scope, "/") && !strings.HasSuffix(scope, ":") || d.names == nil || !d.names.of(d)[kind+"/"+name] {
		return name
	}
	return scope[:len(scope)-1] + "/" + name
}

// names are the kinds and names that more than one element has, triggers aside, found out when first asked for.
type names struct {
	once   sync.Once
	shared map[string]bool
}

func (n *names) of(d *Design) map[string]bool {
	n.once.Do(func() {
		n.shared = map[string]bool{}
		seen := map[string]bool{}
		for _, e := range d.list {
			id := e.ElementID()
			if _, ok := e.(*Trigger); ok {
				continue // called by what it comes from, whose name asks this
			}
			kind, _, _ := strings.Cut(string(id), "/")
			name := kind + "/" + d.plainName(id)
			if seen[name] {
				n.shared[name] = true
			}
			seen[name] = true
		}
	})
	return n.shared
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
