package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"bulkhead/model"
)

// A Bundle is a group: compartments that belong together, for designs of which one picture cannot show all.
type Bundle struct {
	Name    string
	By      string     // what they have in common: stack, team, app, name
	Members []model.ID // compartments, in the order of the design
}

// Rest is the name of the group of those that belong to no other.
const Rest = "others"

// Bundles divides the compartments of a design into groups: by the stack that they came from where there are several; else by the tag
// team, or app, of their functions or role, where most have it; else by the longest prefix of their names that still
// makes groups of several. Groups are in the order of the design, the group of the rest last. A design whose
// compartments have nothing in common is one group.
func Bundles(d *model.Design) []Bundle {
	all := d.Compartments()
	for _, by := range []struct {
		name string
		of   func(model.Compartment) string
	}{
		{"stack", func(c model.Compartment) string { return model.StackOf(d.Function(c.Functions[0])) }},
		{"team", func(c model.Compartment) string { return tagOf(d, c, "team") }},
		{"app", func(c model.Compartment) string {
			return cmp.Or(tagOf(d, c, "app"), tagOf(d, c, "application"), tagOf(d, c, "service"))
		}},
	} {
		if groups, named := divide(all, by.name, by.of); len(groups) > 1 && 2*named > len(all) {
			return groups
		}
	}
	prefix := prefixes(all)
	groups, _ := divide(all, "name", func(c model.Compartment) string { return prefix[c.ID] })
	return groups
}

// divide groups compartments by a word; named is how many have one.
func divide(all []model.Compartment, by string, of func(model.Compartment) string) (groups []Bundle, named int) {
	at := map[string]int{}
	var rest []model.ID
	for _, c := range all {
		word := of(c)
		if word == "" {
			rest = append(rest, c.ID)
			continue
		}
		named++
		i, ok := at[word]
		if !ok {
			i = len(groups)
			at[word] = i
			groups = append(groups, Bundle{Name: word, By: by})
		}
		groups[i].Members = append(groups[i].Members, c.ID)
	}
	if len(rest) > 0 {
		groups = append(groups, Bundle{Name: Rest, By: by, Members: rest})
	}
	return groups, named
}

// tagOf is the value of a tag, its key in any case, of the first function of a compartment that has it, else of its role.
func tagOf(d *model.Design, c model.Compartment, key string) string {
	find := func(tags map[string]string) string {
		if v := tags[key]; v != "" {
			return v
		}
		best := ""
		for k, v := range tags {
			if strings.EqualFold(k, key) && v != "" && (best == "" || v < best) {
				best = v
			}
		}
		return best
	}
	for _, f := range c.Functions {
		if v := find(d.Function(f).Tags); v != "" {
			return v
		}
	}
	if r := d.Role(c.Role); r != nil {
		return find(r.Tags)
	}
	return ""
}

// prefixes gives each compartment the words that its name begins with and that its group shares: as many as all of the
// group have, where a group is divided as long as it has more members than a picture shows. "" for whom nobody is like.
func prefixes(all []model.Compartment) map[model.ID]string {
	out := map[model.ID]string{}
	ends := make([][]int, len(all)) // of each name, where its words end
	for i, c := range all {
		ends[i] = wordEnds(c.Name)
	}
	word := func(i, n int) string {
		if n < len(ends[i]) {
			return all[i].Name[:ends[i][n]]
		}
		return all[i].Name
	}
	var part func(members []int, n int, divided bool) // which share their first n words
	part = func(members []int, n int, divided bool) {
		byNext := map[string][]int{}
		var order []string
		for _, i := range members {
			next := word(i, n)
			if byNext[next] == nil {
				order = append(order, next)
			}
			byNext[next] = append(byNext[next], i)
		}
		if len(order) == 1 && n < 16 && len(members) > 1 && word(members[0], n) != all[members[0]].Name {
			part(members, n+1, divided) // they share one more
			return
		}
		if divided && len(members) <= MostBays || n >= 16 {
			for _, i := range members {
				out[all[i].ID] = strings.TrimRight(word(i, n-1), "-_./: ")
			}
			return
		}
		for _, next := range order {
			if m := byNext[next]; len(m) > 1 {
				part(m, n+1, true)
			} else if divided && len(members) > len(order) {
				out[all[m[0]].ID] = strings.TrimRight(word(m[0], n-1), "-_./: ")
			}
		}
	}
	members := make([]int, len(all))
	for i := range all {
		members[i] = i
	}
	part(members, 0, false)
	return out
}

// wordEnds are the places behind each word of a name ("orders-api-Get", "OrdersApiGet"), the name's end excluded.
func wordEnds(name string) []int {
	var out []int
	runes := []rune(name)
	at := 0
	for i, r := range runes {
		if i > 0 {
			before := runes[i-1]
			joint := strings.ContainsRune("-_./: ", before) && !strings.ContainsRune("-_./: ", r)
			hump := unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before))
			if joint || hump {
				out = append(out, at)
			}
		}
		at += len(string(r))
	}
	return out
}

// BundleNamed returns the group of a name, nil if there is none.
func BundleNamed(groups []Bundle, name string) *Bundle {
	if i := slices.IndexFunc(groups, func(g Bundle) bool { return g.Name == name }); i >= 0 {
		return &groups[i]
	}
	return nil
}

// String is the group with its size: "team3 · 12 compartments".
func (g Bundle) String() string {
	return fmt.Sprintf("%s · %s", g.Name, count(len(g.Members), "compartment", "compartments"))
}
