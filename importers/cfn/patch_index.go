package cfn

import (
	"bulkhead/model"
	"bulkhead/model/source"
)

// An index finds elements of a design by what they start and by where they come from: designs are large, and
// every function asks.
type index struct {
	triggers  map[model.ID][]*model.Trigger // by what they start
	functions map[source.Span][]*model.Function
	roles     map[source.Span][]*model.Role // that are declared
}

func indexOf(d *model.Design) *index {
	x := &index{triggers: map[model.ID][]*model.Trigger{}, functions: map[source.Span][]*model.Function{}, roles: map[source.Span][]*model.Role{}}
	for _, e := range d.Elements() {
		switch e := e.(type) {
		case *model.Trigger:
			x.triggers[e.To] = append(x.triggers[e.To], e)
		case *model.Function:
			x.functions[e.Origin] = append(x.functions[e.Origin], e)
		case *model.Role:
			if !e.Implicit {
				x.roles[e.Origin] = append(x.roles[e.Origin], e)
			}
		case *model.Policy, *model.Resource, *model.Principal:
		}
	}
	return x
}
