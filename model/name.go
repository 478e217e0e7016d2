package model

import (
	"cmp"
	"strings"
)

// Name is what people call an element: its name in the source, else its physical name. A trigger is called by its
// label; one that has none, by what it comes from. Of an id without an element, such as a log group that the design
// does not declare, it is what stands behind the kind; "" for "".
func (d *Design) Name(id ID) string {
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
			return d.Name(e.From)
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
