package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Joined is several designs as one.
type Joined struct {
	Design *Design
	Scoped map[string]bool // first names of ids that get a prefix

	parts  []*Design
	places []string      // prefixes of each part's ids
	ids    []map[ID]ID   // of each part: its id → the design's
	spared []map[ID]bool // of each part: ids of what is there as another part's
}

// Join makes one design of several: stacks of an application, accounts of an organization. An id that more than one
// of them has gets the account and region before it where these differ, else the stack's name; so do those of what
// belongs to it, such as a function's triggers. What is one thing by its ARN, such as a managed policy of AWS's or a
// role that another stack makes, is there once: as where it was seen.
//
// scoped are names that were shared before and get their prefix whether they still are or not, so that ids stay what
// they were when one of the designs changes; nil at first.
func Join(scoped map[string]bool, designs ...*Design) (*Joined, error) {
	j := &Joined{parts: designs, Scoped: maps.Clone(scoped)}
	if j.Scoped == nil {
		j.Scoped = map[string]bool{}
	}
	byARN := map[string]Element{} // what was seen, first come
	for _, d := range designs {
		for _, e := range d.Elements() {
			if arn := ARN(e); arn != "" && byARN[arn] == nil && !placeholder(e) {
				byARN[arn] = e
			}
		}
	}
	owners := map[ID]int{}
	for _, d := range designs {
		spared := map[ID]bool{}
		for _, e := range d.Elements() {
			if one := byARN[ARN(e)]; one != nil && one != e && (placeholder(e) || Same(e, one)) {
				spared[e.ElementID()] = true
			} else {
				owners[e.ElementID()]++
			}
		}
		j.spared = append(j.spared, spared)
	}
	for id, n := range owners {
		if n > 1 {
			j.Scoped[firstName(id)] = true
		}
	}
	j.places = scopes(designs)
	renamed := map[Element]ID{}
	for i, d := range designs {
		j.ids = append(j.ids, map[ID]ID{})
		for _, e := range d.Elements() {
			id := e.ElementID()
			if j.Scoped[firstName(id)] && !j.spared[i][id] {
				id = within(id, j.places[i])
			}
			renamed[e], j.ids[i][e.ElementID()] = id, id
		}
	}
	var elements []Element
	for i, d := range designs {
		for _, e := range d.Elements() {
			if j.spared[i][e.ElementID()] {
				j.ids[i][e.ElementID()] = renamed[byARN[ARN(e)]]
			}
		}
		for _, e := range d.Elements() {
			if !j.spared[i][e.ElementID()] {
				elements = append(elements, withIDs(e, j.ids[i]))
			}
		}
	}
	info := joinInfo(designs)
	for i, d := range designs {
		for id, at := range d.info.Constructs {
			if info.Constructs == nil {
				info.Constructs = map[ID]string{}
			}
			info.Constructs[j.ids[i][id]] = at
		}
	}
	d, err := New(info, elements...)
	if err != nil {
		return nil, fmt.Errorf("join designs: %w (is one of them given twice?)", err)
	}
	j.Design = d
	return j, nil
}

// Part is what became of one of the designs in a later version of the joined one. New elements belong to the part
// whose file they come from, or whose stack they are of; those whose ids have the part's prefix lose it, and are
// listed by the first names that they get.
func (j *Joined) Part(i int, after *Design) (d *Design, scoped []string, err error) {
	back := map[ID]ID{}
	for old, id := range j.ids[i] {
		back[id] = old
	}
	var added []Element
	for _, e := range after.Elements() {
		if j.Design.Element(e.ElementID()) != nil || j.owner(e) != i {
			continue
		}
		added = append(added, e)
		if id := e.ElementID(); strings.Contains(string(id), "/"+j.places[i]) {
			back[id] = ID(strings.Replace(string(id), "/"+j.places[i], "/", 1))
			scoped = append(scoped, firstName(back[id]))
		}
	}
	var changes []Change
	for _, e := range j.parts[i].Elements() {
		if j.spared[i][e.ElementID()] {
			continue
		}
		var now Element
		if x := after.Element(j.ids[i][e.ElementID()]); x != nil {
			now = withIDs(x, back)
		}
		if now == nil || !Same(e, now) {
			changes = append(changes, Change{Before: e, After: now})
		}
	}
	for _, e := range added {
		changes = append(changes, Change{After: withIDs(e, back)})
	}
	if d, err = j.parts[i].With(changes...); err != nil {
		return nil, nil, err
	}
	info := d.Info()
	info.Passed = map[ID]ID{}
	for from, to := range after.Info().Passed {
		if old, ok := back[from]; ok {
			if heir, ok := back[to]; ok {
				to = heir
			}
			info.Passed[old] = to
		}
	}
	return d.WithInfo(info), scoped, nil
}

// owner is the part that a new element belongs to.
func (j *Joined) owner(e Element) int {
	for i, d := range j.parts {
		if slices.Contains(d.Info().Files, e.Place().File) {
			return i
		}
	}
	for i, d := range j.parts {
		if d.Info().Name == stackOf(e) {
			return i
		}
	}
	return 0
}

// scopes are what tells the designs' ids apart.
func scopes(designs []*Design) []string {
	account := map[string]bool{}
	holding := 0 // designs that hold elements
	for _, d := range designs {
		if !d.onlyGuards() {
			account[d.info.Account+":"+d.info.Region] = true
			holding++
		}
	}
	out := make([]string, len(designs))
	taken := map[string]bool{}
	for i, d := range designs {
		name := string(MakeID("", d.info.Name))[1:] + "/"
		if len(account) == holding {
			name = d.info.Account + ":" + d.info.Region + ":"
		} else if len(account) > 1 {
			name = d.info.Account + ":" + d.info.Region + ":" + name
		}
		for n, base := 2, name; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d/", base[:len(base)-1], n)
		}
		taken[name] = true
		out[i] = name
	}
	return out
}

// firstName is what stands behind the kind of an id, up to the next slash.
func firstName(id ID) string {
	_, rest, _ := strings.Cut(string(id), "/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// within is an id with a scope between its kind and its name.
func within(id ID, scope string) ID {
	for i := range id {
		if id[i] == '/' {
			return id[:i+1] + ID(scope) + id[i+1:]
		}
	}
	return ID(scope) + id
}

// placeholder reports whether an element stands for something that its design does not show.
func placeholder(e Element) bool {
	switch e := e.(type) {
	case *Role:
		return e.External
	case *Policy:
		return e.Document == nil
	case *Resource:
		return e.External && e.Policy == nil
	}
	return false
}

func joinInfo(designs []*Design) Info {
	var out Info
	accounts := map[string]string{}
	several, first := false, true
	for _, d := range designs {
		in := d.info
		for e := range d.All() {
			accounts[e.Place().File] = cmp.Or(in.Accounts[e.Place().File], in.Account)
		}
		switch {
		case d.onlyGuards():
		case first:
			first = false
			out.Name, out.Kind, out.Partition, out.Account, out.Region = in.Name, in.Kind, in.Partition, in.Account, in.Region
			several = len(in.Accounts) > 0
		default:
			several = several || len(in.Accounts) > 0 || in.Account != out.Account
			out.Name += " + " + in.Name
			if out.Kind != in.Kind {
				out.Kind = "several"
			}
		}
		out.Files = append(out.Files, in.Files...)
		out.Unresolved += in.Unresolved
		for _, s := range in.NotSeen {
			if !slices.Contains(out.NotSeen, s) {
				out.NotSeen = append(out.NotSeen, s)
			}
		}
		for _, s := range in.Outside {
			if !slices.Contains(out.Outside, s) {
				out.Outside = append(out.Outside, s)
			}
		}
		for account, g := range in.Guardrails {
			if out.Guardrails == nil {
				out.Guardrails = map[string]Guardrails{}
			}
			out.Guardrails[account] = g
		}
	}
	if first && len(designs) > 0 { // guardrails alone
		in := designs[0].info
		out.Name, out.Kind, out.Partition, out.Account, out.Region = in.Name, in.Kind, in.Partition, in.Account, in.Region
	}
	if several {
		out.Accounts = accounts
	}
	guardAll(&out, designs)
	return out
}

// onlyGuards reports whether a design has nothing but what an organization sets its accounts.
func (d *Design) onlyGuards() bool { return d.list.Len() == 0 && len(d.info.Guardrails) > 0 }

// guardAll gives the guardrails of any account to those that have none of their own, and takes from what was not seen the
// kinds of which every account has some.
func guardAll(out *Info, designs []*Design) {
	any, known := out.Guardrails[AnyAccount]
	scps, rcps := true, true
	for _, d := range designs {
		if d.onlyGuards() {
			continue
		}
		for _, account := range append(slices.Collect(maps.Values(d.info.Accounts)), d.info.Account) {
			if _, own := out.Guardrails[account]; !own && known {
				out.Guardrails[account] = any
			}
			g := out.Guardrails[account]
			scps, rcps = scps && (g.Management || len(g.SCPs) > 0), rcps && (g.Management || len(g.RCPs) > 0)
		}
	}
	if known {
		delete(out.Guardrails, AnyAccount)
	}
	out.NotSeen = slices.DeleteFunc(out.NotSeen, func(s string) bool { return s == "scps" && scps || s == "rcps" && rcps })
}

func stackOf(e Element) string {
	switch e := e.(type) {
	case *Function:
		return e.Stack
	case *Role:
		return e.Stack
	case *Policy:
		return e.Stack
	case *Resource:
		return e.Stack
	case *Trigger:
		return e.Stack
	case *Principal:
		return e.Stack
	}
	return ""
}

// withIDs is an element with other ids, its own and those that it refers to; the same element where none differ.
func withIDs(e Element, ids map[ID]ID) Element {
	one := func(id ID) ID {
		if n, ok := ids[id]; ok {
			return n
		}
		return id
	}
	list := func(in []ID) []ID {
		out := slices.Clone(in)
		for i := range out {
			out[i] = one(out[i])
		}
		return out
	}
	credentials := func(in []Credential) []Credential {
		out := slices.Clone(in)
		for i := range out {
			out[i].User = one(out[i].User)
		}
		return out
	}
	var out Element
	switch e := e.(type) {
	case *Function:
		c := *e
		c.ID, c.Role = one(c.ID), one(c.Role)
		c.Environment = slices.Clone(c.Environment)
		for i := range c.Environment {
			c.Environment[i].Refers = one(c.Environment[i].Refers)
		}
		c.Package.From, c.Credentials = one(c.Package.From), credentials(c.Credentials)
		out = &c
	case *Role:
		c := *e
		c.ID, c.Policies, c.Boundary = one(c.ID), list(c.Policies), one(c.Boundary)
		if c.Listed != nil {
			c.Listed = Places{}
			for id, at := range e.Listed {
				c.Listed[one(id)] = at
			}
		}
		if c.Attached != nil {
			c.Attached = Attachments{}
			for id, at := range e.Attached {
				c.Attached[one(id)] = at
			}
		}
		out = &c
	case *Policy:
		c := *e
		c.ID = one(c.ID)
		out = &c
	case *Resource:
		c := *e
		c.ID, c.Key, c.Role, c.Bucket, c.Credentials = one(c.ID), one(c.Key), one(c.Role), one(c.Bucket), credentials(c.Credentials)
		c.Package.From = one(c.Package.From)
		out = &c
	case *Trigger:
		c := *e
		c.ID, c.From, c.To, c.Role = one(c.ID), one(c.From), one(c.To), one(c.Role)
		out = &c
	case *Principal:
		c := *e
		c.ID, c.Policies, c.Groups, c.Boundary = one(c.ID), list(c.Policies), list(c.Groups), one(c.Boundary)
		out = &c
	}
	if Same(e, out) {
		return e
	}
	return out
}
