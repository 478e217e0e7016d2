package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A Chip is one action or resource of a statement.
type Chip struct {
	Value string // as it stands in the document
	Text  string // for people
	Icon  string // of a resource of the design
	Wild  bool   // a wildcard that opens to more than it says
	Opens string // "opens to 162 actions"
	ID    model.ID
	Tip   string
	rank  catalog.Capability
}

// A Card is one statement of a policy, as the inspector shows it.
type Card struct {
	Role      model.ID // role, user or group that has the policy
	Policy    model.ID
	Index     int
	Title     string // "2 Tables"
	Deny      bool
	Place     source.Span
	Actions   []Chip
	NotAction bool
	Resources []Chip
	NotRes    bool
	When      []string // conditions in words
	Editable  bool
	Narrow    *edit.Tighten // to the design's own resources; nil where nothing is to narrow
	NarrowTo  string        // in words
}

// A PolicyCard is a policy with its statements.
type PolicyCard struct {
	ID      model.ID
	Name    string
	ARN     string
	AWS     bool // AWS wrote it: an edit puts what is left of it inline, for this role alone
	Unseen  bool // its document is not known
	Place   source.Span
	Cards   []Card
	Summary string
	Needed  edit.Edit // what its functions need instead; nil where nothing would be narrower
	Needs   string    // in words
}

// edits of a card

func (c Card) ref(d *model.Design) edit.StatementRef {
	return edit.Ref(d.Policy(c.Policy).Document, c.Index)
}

// WithoutAction is the edit that takes an action out; the last one takes the statement with it.
func (c Card) WithoutAction(d *model.Design, value string) edit.Edit {
	return c.without(d, c.Actions, value, func(t *edit.Tighten, left []string) { t.Actions = left })
}

// WithoutResource is the edit that takes a resource out; the last one takes the statement with it.
func (c Card) WithoutResource(d *model.Design, value string) edit.Edit {
	return c.without(d, c.Resources, value, func(t *edit.Tighten, left []string) { t.Resources = left })
}

func (c Card) without(d *model.Design, chips []Chip, value string, set func(*edit.Tighten, []string)) edit.Edit {
	var left []string
	for _, chip := range chips {
		if chip.Value != value {
			left = append(left, chip.Value)
		}
	}
	t := &edit.Tighten{Role: c.Role, Policy: c.Policy, Statement: c.ref(d)}
	if len(left) == 0 {
		t.Drop = true
	} else {
		set(t, left)
	}
	return t
}

// Dropped is the edit that takes the statement out.
func (c Card) Dropped(d *model.Design) edit.Edit {
	return &edit.Tighten{Role: c.Role, Policy: c.Policy, Statement: c.ref(d), Drop: true}
}

// Replaced is the edit that puts values in the place of one action or resource.
func (c Card) Replaced(d *model.Design, action bool, value string, by []string) edit.Edit {
	chips := c.Resources
	if action {
		chips = c.Actions
	}
	var next []string
	for _, chip := range chips {
		if chip.Value != value {
			next = append(next, chip.Value)
			continue
		}
		next = append(next, by...)
	}
	t := &edit.Tighten{Role: c.Role, Policy: c.Policy, Statement: c.ref(d)}
	switch {
	case len(next) == 0:
		t.Drop = true
	case action:
		t.Actions = dedupe(next)
	default:
		t.Resources = dedupe(next)
	}
	return t
}

func dedupe(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// PoliciesOf are the policies of a role, user or group as cards.
func PoliciesOf(d *model.Design, holder model.ID) []PolicyCard {
	out := policiesOf(d, holder)
	for i := range out {
		for k := range out[i].Cards {
			out[i].Cards[k].narrow(d)
		}
	}
	return out
}

// policiesOf are PoliciesOf without what would narrow their statements.
func policiesOf(d *model.Design, holder model.ID) []PolicyCard {
	var ids []model.ID
	var attached model.Attachments // of a role
	switch e := d.Element(holder).(type) {
	case *model.Role:
		ids = e.Policies
		attached = e.Attached
	case *model.Principal:
		ids = e.Policies
	}
	names := arnNames(d)
	var out []PolicyCard
	for _, id := range ids {
		p := d.Policy(id)
		if p == nil {
			continue
		}
		pc := PolicyCard{ID: id, Name: Name(d, id), ARN: p.ARN, AWS: p.Managed && strings.Contains(p.ARN, ":iam::aws:policy/"), Unseen: p.Document == nil, Place: p.Origin}
		if p.Document != nil {
			for i := range p.Document.Statements {
				c := cardOf(d, holder, p, i, names)
				c.Title = "Statement " + itoa(i+1)
				if sid := p.Document.Statements[i].Sid; sid != "" {
					c.Title = itoa(i+1) + " " + sid
				}
				c.Editable = c.Editable && (!pc.AWS || d.Role(holder) != nil)
				if c.Place.IsZero() {
					c.Place = attached[id]
				}
				pc.Cards = append(pc.Cards, c)
			}
			pc.Summary = plural(len(pc.Cards), "statement")
		}
		out = append(out, pc)
	}
	// What AWS wrote comes last: it is the same everywhere.
	slices.SortStableFunc(out, func(a, b PolicyCard) int {
		switch {
		case a.AWS == b.AWS:
			return 0
		case a.AWS:
			return 1
		}
		return -1
	})
	for _, e := range edit.Needed(d, holder) {
		i := slices.IndexFunc(out, func(p PolicyCard) bool {
			r, one := e.(*edit.ReplaceManaged)
			return p.AWS && (!one || r.ARN == p.ARN)
		})
		if i >= 0 {
			out[i].Needed, out[i].Needs = e, neededWords(d, holder, e)
		}
	}
	return out
}

// neededWords says what a suggestion of edit.Needed gives a role: "A role of its own with what its trigger and its log
// need".
func neededWords(d *model.Design, role model.ID, e edit.Edit) string {
	polled := 0
	for _, f := range d.Functions() {
		for _, t := range d.TriggersOf(f.ID) {
			if f.Role == role && t.Kind == "event-source-mapping" {
				polled++
			}
		}
	}
	needs := "its log needs"
	switch {
	case polled == 1:
		needs = "its trigger and its log need"
	case polled > 1:
		needs = "its triggers and its log need"
	}
	if _, own := e.(*edit.OwnRole); own {
		return "A role of its own with what " + needs
	}
	return "Only what " + needs
}

// arnNames finds elements by ARN.
func arnNames(d *model.Design) map[string]model.ID {
	out := map[string]model.ID{}
	for _, e := range d.Elements() {
		arn := ""
		switch e := e.(type) {
		case *model.Function:
			arn = e.ARN
		case *model.Resource:
			arn = e.ARN
		case *model.Role:
			arn = e.ARN
		}
		if arn != "" {
			if _, known := out[arn]; !known {
				out[arn] = e.ElementID()
			}
		}
	}
	return out
}

func cardOf(d *model.Design, holder model.ID, p *model.Policy, i int, names map[string]model.ID) Card {
	s := p.Document.Statements[i]
	c := Card{Role: holder, Policy: p.ID, Index: i, Deny: s.Effect == policy.Deny, Place: s.Span, NotAction: s.NotAction, NotRes: s.NotResource}
	c.Editable = !c.Deny
	for _, a := range s.Actions {
		c.Actions = append(c.Actions, actionChip(a))
	}
	slices.SortStableFunc(c.Actions, func(a, b Chip) int { return cmp.Compare(a.rank, b.rank) })
	for _, r := range s.Resources {
		c.Resources = append(c.Resources, resourceChip(d, names, r))
	}
	for _, x := range s.Conditions {
		c.When = append(c.When, x.String())
	}
	return c
}

// narrow finds what of the design's own a statement could be narrowed to.
func (c *Card) narrow(d *model.Design) {
	if !c.Editable {
		return
	}
	if c.Narrow = edit.NarrowToDesign(d, c.Role, c.Policy, c.Index); c.Narrow != nil {
		c.NarrowTo = narrowWords(d, c.Narrow)
	}
}

func actionChip(a string) Chip {
	c := Chip{Value: a, Text: a}
	known := catalog.Load()
	if strings.ContainsAny(a, "*?") {
		actions := known.Expand(a)
		c.Wild = true
		c.Opens = "opens to " + plural(len(actions), "action")
		if len(actions) == 0 {
			c.Opens = "opens to no action that is known"
		}
		var all catalog.Capabilities
		for _, x := range actions {
			all |= x.Capabilities
		}
		c.Tip = a + ": " + capabilityWords(all) + ". Click to keep only what is needed."
		c.rank = catalog.List
		return c
	}
	if x := known.Action(a); x != nil {
		c.rank = x.Capability()
		c.Tip = a + ": " + capabilityWords(x.Capabilities)
	} else {
		c.rank = catalog.Tag + 1
		c.Tip = a + ": not in the catalogue of actions"
	}
	return c
}

func capabilityWords(s catalog.Capabilities) string {
	var words []string
	for _, c := range s.All() {
		words = append(words, c.String())
	}
	if len(words) == 0 {
		return "nothing that is known"
	}
	return strings.Join(words, ", ")
}

// resourceChip names an ARN by the design's own names: "Receipts", "Receipts/*"; a wildcard that reaches beyond the
// design's things is Wild.
func resourceChip(d *model.Design, names map[string]model.ID, r string) Chip {
	c := Chip{Value: r, Text: r, Tip: r}
	if id, ok := names[r]; ok {
		c.Text, c.Icon, c.ID = Name(d, id), Icon(d, id), id
		return c
	}
	for _, sep := range []string{"/", ":"} {
		if at := partAt(r, sep, names); at > 0 {
			id := names[r[:at]]
			c.Text, c.Icon, c.ID = Name(d, id)+r[at:], Icon(d, id), id
			return c
		}
	}
	if f := edit.LogOwner(d, r); f != nil {
		c.Text, c.Icon, c.ID = "log of "+Name(d, f.ID), catalog.KindOf("AWS::Logs::LogGroup").Icon, f.ID
		return c
	}
	if strings.ContainsAny(r, "*?") {
		c.Wild = true
	}
	if parts := strings.SplitN(r, ":", 6); len(parts) == 6 {
		c.Text = parts[2] + ":…:" + parts[5]
		if parts[3] == "" && parts[4] == "" {
			c.Text = parts[2] + ":" + parts[5]
		}
	}
	if c.Wild {
		c.Tip += ": a pattern that reaches beyond what the design names. Click to choose what is needed."
	}
	return c
}

// partAt is where a part of an element begins in an ARN: before the separator after the longest ARN that is known.
func partAt(r, sep string, names map[string]model.ID) int {
	for at := len(r); ; {
		at = strings.LastIndex(r[:at], sep)
		if at <= 0 {
			return 0
		}
		if id, ok := names[r[:at]]; ok && id != "" && strings.Count(r[:at], ":") >= 5 {
			return at
		}
	}
}

func narrowWords(d *model.Design, t *edit.Tighten) string {
	var names []string
	for _, r := range t.Resources {
		id, part := model.ID(r), ""
		if d.Element(id) == nil {
			if at := strings.LastIndexAny(r, "/:"); at > 0 && d.Element(model.ID(r[:at])) != nil {
				id, part = model.ID(r[:at]), r[at:]
			}
		}
		name := Name(d, id)
		if d.Element(id) == nil {
			name = r
		}
		if part == "/*" {
			part = "" // what is in it
		}
		names = append(names, name+part)
	}
	names = dedupe(names)
	words := strings.Join(names, ", ")
	if len(names) > 4 {
		words = strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return "Only " + words
}
