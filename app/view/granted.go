package view

import (
	"strings"

	"bulkhead/model"
	"bulkhead/model/edit"
)

// mostGranted is how many actions of a grant are named.
const mostGranted = 4

// Granted says what a grant allows: "OrdersRole may use OrdersTable: GetItem, BatchGetItem, Query, Scan and 4 more".
func Granted(d *model.Design, g *edit.Grant) string {
	var on []string
	for _, r := range g.Resources {
		id, _, _ := strings.Cut(strings.TrimPrefix(r, "res/"), "/")
		name := Name(d, model.ID("res/"+id))
		if d.Element(model.ID("res/"+id)) == nil {
			name = r
		}
		if len(on) == 0 || on[len(on)-1] != name {
			on = append(on, name)
		}
	}
	var actions []string
	for i, a := range g.Actions {
		if i == mostGranted && len(g.Actions) > mostGranted+1 {
			break
		}
		_, name, _ := strings.Cut(a, ":")
		actions = append(actions, name)
	}
	text := Name(d, g.Role) + " may use " + and(on) + ": "
	if rest := len(g.Actions) - len(actions); rest > 0 {
		return text + strings.Join(actions, ", ") + " and " + itoa(rest) + " more"
	}
	return text + and(actions)
}

// and joins names as a sentence does: "A, B and C".
func and(names []string) string {
	n := len(names)
	if n < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
}
