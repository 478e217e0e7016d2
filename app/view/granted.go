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

// UseWords is what a role does to a resource of a type that it may use: "read and write", "receive from", "send to".
func UseWords(typ string, use edit.Use) string {
	read, write := "read", "write to"
	switch {
	case typ == "AWS::SQS::Queue":
		read, write = "receive from", "send to"
	case edit.UsesOf(typ)&edit.Reads == 0: // nothing is kept there
		write = "send to"
	}
	switch use {
	case edit.Reads:
		return read
	case edit.Writes:
		return write
	}
	if read == "read" {
		write = "write"
	}
	return read + " and " + write
}
