package render

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// isRoute tells the triggers that an API gives.
func isRoute(t *model.Trigger) bool { return t.Kind == "api-route" }

// triggerIcon is the icon of what a trigger comes from.
func triggerIcon(d *model.Design, t *model.Trigger) string {
	if t.Kind == "schedule" {
		return "clock" // whatever it is that keeps the time
	}
	if r := d.Resource(t.From); r != nil && !isRoute(t) {
		if k := catalog.KindOf(r.Type); k.Icon != "" && k.Icon != "resource" {
			return k.Icon
		}
	}
	kind := t.Kind + " " + t.Event
	for _, k := range [...]struct{ word, icon string }{
		{"route", "route"}, {"http", "route"}, {"url", "link"}, {"schedule", "clock"}, {"sqs", "queue"}, {"sns", "topic"}, {"s3", "bucket"},
		{"dynamodb", "stream"}, {"kinesis", "stream"}, {"stream", "stream"}, {"rule", "bus"}, {"event", "bus"}, {"log", "log"},
		{"state", "machine"}, {"cognito", "user"}, {"authorizer", "user"},
		{"rotation", "secret"}, {"pipe", "pipe"}, {"mail", "mail"}, {"api", "api"}, {"balancer", "api"},
	} {
		if strings.Contains(kind, k.word) {
			return k.icon
		}
	}
	return "play"
}

// routes is how many API routes open a compartment.
func (s *survey) routes(c model.Compartment) int {
	n := 0
	for _, f := range c.Functions {
		for _, t := range s.triggers[f] {
			if isRoute(t) {
				n++
			}
		}
	}
	return n
}

// triggersOf groups what opens a compartment: its routes together, the rest by where it comes from.
func (d *drawing) triggersOf(c model.Compartment) []*Trigger {
	var out []*Trigger
	var routes []*model.Trigger
	group := map[string]*Trigger{}
	add := func(key, label string, t *model.Trigger) {
		g := group[key]
		if g == nil {
			g = &Trigger{Label: label, Icon: triggerIcon(d.design, t)}
			group[key] = g
			out = append(out, g)
		}
		g.IDs = append(g.IDs, t.ID)
		g.Open = g.Open || t.Open
		g.Mark = max(g.Mark, d.moved(t))
		g.Tip = tip(g.Tip, strings.Join(slices.Compact([]string{cmp.Or(t.Label, t.Name, t.Event), d.name(t.From), t.Kind}), " · "), open(t))
	}
	for _, f := range c.Functions {
		for _, t := range d.survey.triggers[f] {
			switch {
			case isRoute(t):
				routes = append(routes, t)
				add("routes", "", t)
			case d.design.Resource(t.From) != nil:
				add(string(t.From), d.name(t.From), t)
			default:
				label := cmp.Or(t.Label, t.Name, t.Event, t.Kind)
				add(t.Kind+label, label, t)
			}
		}
	}
	if g := group["routes"]; g != nil {
		g.Label = routeLabel(routes)
	}
	return out
}

func open(t *model.Trigger) string {
	if t.Off {
		return "disabled"
	}
	if who := t.OpenTo(); who != "" {
		return "open to " + who
	}
	return ""
}

// moved tells a trigger that opened a compartment of another family before.
func (d *drawing) moved(t *model.Trigger) Mark {
	if d.before == nil {
		return Unmarked
	}
	old := d.before.design.Trigger(t.ID)
	if old == nil {
		return Unmarked
	}
	i, was := d.before.at[old.To]
	j, is := d.at[t.To]
	if !was || !is || old.To == t.To {
		return Unmarked
	}
	if d.places.family[0][d.before.compartments[i].ID] != d.places.family[d.index][d.compartments[j].ID] {
		return Moved
	}
	return Unmarked
}

// routeLabel sums up routes: the one, the path that they share, or how many they are.
func routeLabel(routes []*model.Trigger) string {
	labels := make([]string, 0, len(routes))
	for _, t := range routes {
		if l := cmp.Or(t.Label, t.Name); !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	if len(labels) == 1 {
		return labels[0]
	}
	var methods []string
	var shared []string
	for i, l := range labels {
		method, path, ok := strings.Cut(l, " ")
		if !ok {
			method, path = "", l
		}
		if !slices.Contains(methods, method) {
			methods = append(methods, method)
		}
		segments := strings.Split(strings.Trim(path, "/"), "/")
		if i == 0 {
			shared = segments
			continue
		}
		n := 0
		for n < len(shared) && n < len(segments) && shared[n] == segments[n] {
			n++
		}
		shared = shared[:n]
	}
	all := count(len(routes), "route", "routes")
	if len(shared) == 0 || shared[0] == "" {
		return all
	}
	label := "/" + strings.Join(shared, "/")
	if len(methods) == 1 && methods[0] != "" {
		label = methods[0] + " " + label
	}
	return label + " · " + all
}
