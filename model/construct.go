package model

import "strings"

// construct is what an element is called by the path of its construct; "" for triggers, and for what the design does
// not have.
func (n *names) construct(d *Design, id ID) string {
	n.path.Do(func() { n.constructs = constructNames(d) })
	return n.constructs[id]
}

// constructNames finds the shortest end of each path that no other element of the kind has, of two names at least: of one
// alone many are called alike ("Handler"). The stack, and what is called so in every construct, are no part of it unless
// they have to be.
func constructNames(d *Design) map[ID]string {
	type path struct {
		id    ID
		kind  string
		parts []string
	}
	var left []path
	for e := range d.All() {
		at := d.info.Constructs[e.ElementID()]
		if _, ok := e.(*Trigger); ok || at == "" {
			continue
		}
		kind, _, _ := strings.Cut(string(e.ElementID()), "/")
		short := strings.TrimSuffix(strings.TrimSuffix(at, "/Resource"), "/Default")
		left = append(left, path{e.ElementID(), kind, strings.Split(short, "/")})
	}
	out := map[ID]string{}
	tail := func(p path, n int) string {
		if stack := len(p.parts) - 1; n == 2 && stack >= 1 {
			n = min(n, stack)
		}
		return strings.Join(p.parts[len(p.parts)-min(n, len(p.parts)):], "/")
	}
	all := left
	for n := 2; len(left) > 0; n++ {
		count := map[string]int{}
		for _, p := range all {
			count[p.kind+"/"+tail(p, n)]++
		}
		var next []path
		for _, p := range left {
			if name := tail(p, n); count[p.kind+"/"+name] == 1 || n >= len(p.parts) {
				out[p.id] = name
			} else {
				next = append(next, p)
			}
		}
		left = next
	}
	return out
}
