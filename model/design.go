package model

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strings"

	"bulkhead/internal/paged"
	"bulkhead/model/policy"
)

// Info says what a design is of and what the importer could not see.
type Info struct {
	Name       string   // for titles: the stack's or the sample's name
	Kind       string   // sam, cloudformation, cdk, account, blank …
	Files      []string // as opened
	Partition  string
	Account    string
	Accounts   map[string]string `json:",omitempty"` // file → account, where files of several accounts are one design
	Region     string
	NotSeen    []string // layers that no source showed: "scps", "key policies", "other stacks" …
	Outside    []string // walls that IAM does not see, as shown by the design: "VPC vpc-1: databases reachable in it"
	Unresolved int      // values that the source does not tell

	// Constructs are the paths of what makes an element in the code that its source was generated from: of CDK constructs,
	// "App/Orders/Handler/Resource".
	Constructs map[ID]string `json:",omitempty"`

	// Guardrails are what the organization sets its accounts, by account number. An account without an entry: not seen.
	Guardrails map[string]Guardrails `json:",omitempty"`

	// Passed tells what edits put in the place of functions and roles that went, for what refers to them in the
	// source and stands in no design, such as outputs.
	Passed map[ID]ID `json:",omitempty"`
}

// A Design is an account or a template as compartments. It is immutable.
type Design struct {
	info  Info
	list  paged.List[Element] // in source order; new elements after the one they came from
	place map[ID]int32        // of each in the list; designs with the same IDs in the same order share it
	names *names
}

// New returns a design of the elements in the order given. Two elements with one ID are an error.
func New(info Info, elements ...Element) (*Design, error) {
	d := &Design{info: info, list: paged.Of(elements), place: make(map[ID]int32, len(elements)), names: &names{}}
	for i, e := range elements {
		id := e.ElementID()
		if id == "" {
			return nil, fmt.Errorf("an element of %s has no id", info.Name)
		}
		if _, ok := d.place[id]; ok {
			return nil, fmt.Errorf("two elements are called %s", id)
		}
		d.place[id] = int32(i)
	}
	return d, nil
}

// MakeID returns kind/name with the characters that the grammar of IDs reserves percent-escaped.
func MakeID(kind, name string) ID {
	return ID(kind + "/" + free.Replace(url.PathEscape(name)))
}

// free takes the escapes back of what IDs do not reserve.
var free = strings.NewReplacer("%2F", "/", "%3A", ":")

// Info says what the design is of.
func (d *Design) Info() Info { return d.info }

// WithInfo returns the design with other information about it.
func (d *Design) WithInfo(info Info) *Design {
	n := *d
	n.info = info
	return &n
}

// Element returns the element called id, nil if there is none.
func (d *Design) Element(id ID) Element {
	if i, ok := d.place[id]; ok {
		return d.list.At(i)
	}
	return nil
}

func get[T Element](d *Design, id ID) T {
	e, _ := d.Element(id).(T)
	return e
}

func all[T Element](d *Design) []T {
	n := 0
	for e := range d.All() {
		if _, ok := e.(T); ok {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]T, 0, n)
	for e := range d.All() {
		if e, ok := e.(T); ok {
			out = append(out, e)
		}
	}
	return out
}

// Function returns the function called id, nil if there is none.
func (d *Design) Function(id ID) *Function { return get[*Function](d, id) }

// Role returns the role called id, nil if there is none.
func (d *Design) Role(id ID) *Role { return get[*Role](d, id) }

// Policy returns the policy called id, nil if there is none.
func (d *Design) Policy(id ID) *Policy { return get[*Policy](d, id) }

// Documents lists the documents of policies, without those of policies that were not seen.
func (d *Design) Documents(ids []ID) []*policy.Document {
	var out []*policy.Document
	for _, id := range ids {
		if p := d.Policy(id); p != nil && p.Document != nil {
			out = append(out, p.Document)
		}
	}
	return out
}

// Resource returns the resource called id, nil if there is none.
func (d *Design) Resource(id ID) *Resource { return get[*Resource](d, id) }

// Trigger returns the trigger called id, nil if there is none.
func (d *Design) Trigger(id ID) *Trigger { return get[*Trigger](d, id) }

// Principal returns the user or group called id, nil if there is none.
func (d *Design) Principal(id ID) *Principal { return get[*Principal](d, id) }

// Elements lists everything in source order.
func (d *Design) Elements() []Element { return d.list.Slice() }

// All goes through everything in source order.
func (d *Design) All() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		for _, e := range d.list.All() {
			if !yield(e) {
				return
			}
		}
	}
}

// Replaced lists what another design has in the place of elements of this one. It is false where it has more of them or fewer.
func (d *Design) Replaced(other *Design) ([]Change, bool) {
	if d.list.Len() != other.list.Len() {
		return nil, false
	}
	var out []Change
	for e, o := range d.list.Differing(&other.list) {
		if e != o {
			out = append(out, Change{Before: e, After: o})
		}
	}
	return out, true
}

// Functions lists the functions in source order.
func (d *Design) Functions() []*Function { return all[*Function](d) }

// Roles lists the roles in source order.
func (d *Design) Roles() []*Role { return all[*Role](d) }

// Policies lists the policies in source order.
func (d *Design) Policies() []*Policy { return all[*Policy](d) }

// Resources lists the resources in source order.
func (d *Design) Resources() []*Resource { return all[*Resource](d) }

// Triggers lists the triggers in source order.
func (d *Design) Triggers() []*Trigger { return all[*Trigger](d) }

// Principals lists users and groups in source order.
func (d *Design) Principals() []*Principal { return all[*Principal](d) }

// A Compartment is the functions that share one role: they share that role's reach.
type Compartment struct {
	ID        ID // of the role, or of the function where it has no role in the design
	Name      string
	Role      ID
	Functions []ID
}

// Compartments lists the compartments that hold functions, in the order of their first function.
func (d *Design) Compartments() []Compartment {
	var out []Compartment
	at := map[ID]int{}
	for _, f := range d.Functions() {
		id, name := f.ID, d.addressed(f.ID, f.LogicalID)
		if f.Role != "" {
			id = f.Role
		}
		i, ok := at[id]
		if !ok {
			i = len(out)
			at[id] = i
			out = append(out, Compartment{ID: id, Name: name, Role: f.Role})
		}
		out[i].Functions = append(out[i].Functions, f.ID)
	}
	for i, c := range out {
		if r := d.Role(c.Role); r != nil && len(c.Functions) > 1 {
			out[i].Name = d.addressed(r.ID, cmp.Or(r.LogicalID, r.Name))
		}
	}
	return out
}

// TriggersOf lists the triggers that reach the function or resource id, in source order.
func (d *Design) TriggersOf(id ID) []*Trigger {
	var out []*Trigger
	for _, t := range d.Triggers() {
		if t.To == id {
			out = append(out, t)
		}
	}
	return out
}

// A Change is one element before and after; nil where it is not there.
type Change struct{ Before, After Element }

// IsMark reports whether a change is only what the architect noted: it is kept in saved designs, not in sources.
func (c Change) IsMark() bool {
	switch b := c.Before.(type) {
	case *Resource:
		if a, ok := c.After.(*Resource); ok {
			n := *a
			n.Weight, n.Crown, n.Marked = b.Weight, b.Crown, b.Marked
			return Same(b, &n)
		}
	case *Role:
		if a, ok := c.After.(*Role); ok {
			n := *a
			n.Pins = b.Pins
			return Same(b, &n)
		}
	}
	return false
}

// With returns the design with the changes made. A change without Before adds After, behind the element
// with the same origin if there is one and at the end otherwise; one without After removes; one with both
// replaces, and Before.ID must be there. Nothing is checked beyond ids: edits answer for meaning.
func (d *Design) With(changes ...Change) (*Design, error) {
	n := &Design{info: d.info, place: d.place, names: &names{}}
	for _, c := range changes {
		if (c.Before == nil) != (c.After == nil) {
			return d.rearranged(changes)
		}
	}
	n.list = d.list.Clone()
	shared := true
	for _, c := range changes {
		if c.Before == nil {
			continue
		}
		i, err := n.replaced(c)
		if err != nil {
			return nil, err
		}
		n.list.Put(i, c.After)
		if old, id := c.Before.ElementID(), c.After.ElementID(); id != old {
			if shared {
				n.place, shared = maps.Clone(d.place), false
			}
			delete(n.place, old)
			n.place[id] = i
		}
	}
	return n, nil
}

// replaced is where a change that replaces an element has it.
func (d *Design) replaced(c Change) (int32, error) {
	old, id := c.Before.ElementID(), c.After.ElementID()
	i, ok := d.place[old]
	if !ok {
		return 0, fmt.Errorf("there is no %s", old)
	}
	if j, ok := d.place[id]; ok && j != i {
		return 0, fmt.Errorf("%s is there already", id)
	}
	return i, nil
}

// rearranged is With where elements come or go.
func (d *Design) rearranged(changes []Change) (*Design, error) {
	n := &Design{info: d.info, place: maps.Clone(d.place), names: &names{}}
	list := d.list.Slice()
	// number finds the places of the elements from one on again.
	number := func(from int) {
		for i, e := range list[from:] {
			if e != nil {
				n.place[e.ElementID()] = int32(from + i)
			}
		}
	}
	gone := false
	for _, c := range changes {
		switch {
		case c.Before == nil && c.After == nil:
		case c.Before == nil:
			id := c.After.ElementID()
			if _, ok := n.place[id]; ok {
				return nil, fmt.Errorf("%s is there already", id)
			}
			at := behind(list, c.After)
			list = slices.Insert(list, at, c.After)
			number(at)
		case c.After == nil:
			old := c.Before.ElementID()
			i, ok := n.place[old]
			if !ok {
				return nil, fmt.Errorf("there is no %s", old)
			}
			delete(n.place, old)
			list[i], gone = nil, true
		default:
			i, err := n.replaced(c)
			if err != nil {
				return nil, err
			}
			list[i] = c.After
			delete(n.place, c.Before.ElementID())
			n.place[c.After.ElementID()] = i
		}
	}
	if gone {
		list = slices.DeleteFunc(list, func(e Element) bool { return e == nil })
		number(0)
	}
	n.list = paged.Of(list)
	return n, nil
}

// behind is where a new element of a list stands: behind the last of its sort with its origin, else at the end.
func behind(list []Element, e Element) int {
	if !e.Place().IsZero() {
		for i, o := range slices.Backward(list) {
			if o != nil && o.Place() == e.Place() && fmt.Sprintf("%T", o) == fmt.Sprintf("%T", e) {
				return i + 1
			}
		}
	}
	return len(list)
}

// Diff lists what differs in after, in the order of d and then of after. Elements are compared by pointer
// first and then by content, places ignored.
func (d *Design) Diff(after *Design) []Change {
	var out []Change
	for b := range d.All() {
		a := after.Element(b.ElementID())
		switch {
		case a == nil:
			out = append(out, Change{Before: b})
		case a != b && !Same(a, b):
			out = append(out, Change{Before: b, After: a})
		}
	}
	for a := range after.All() {
		if d.Element(a.ElementID()) == nil {
			out = append(out, Change{After: a})
		}
	}
	return out
}

// Same reports whether two designs say the same: places ignored, order and Sids of statements kept, order
// of elements ignored.
func (d *Design) Same(o *Design) bool { return len(d.Diff(o)) == 0 }
