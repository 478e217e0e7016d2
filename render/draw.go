package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

// draw draws one view, or two that are compared.
func draw(views []View, parts map[model.ID][]model.ID) []*Diagram {
	surveys := make([]*survey, len(views))
	for i, v := range views {
		if v.Design == nil {
			v.Design, _ = model.New(model.Info{})
		}
		surveys[i] = v.surveyed()
	}
	p := settle(surveys, parts)
	out := make([]*Diagram, len(views))
	for i, s := range surveys {
		d := &drawing{survey: s, places: p, index: i, flood: s.flood()}
		if i > 0 {
			d.before = surveys[0]
		}
		d.Diagram = &Diagram{Cells: slices.Clone(p.cells), More: len(p.left[i])}
		d.bays()
		d.tiles()
		d.pipes()
		d.doors()
		d.quay()
		d.level()
		d.Sea = s.sea()
		d.Claim = claimOf(surveys, i)
		p.split(surveys, i, d.Claim.Parts)
		if n := p.away[i]; n > 0 {
			d.Claim.Notes = append(d.Claim.Notes, awayNote(n))
		}
		d.graph()
		out[i] = d.Diagram
	}
	return out
}

// A drawing is a diagram in the making.
type drawing struct {
	*Diagram
	*survey
	places *places
	index  int
	flood  *flood
	before *survey // what it is compared with, nil if nothing
	bay    map[model.ID]*Compartment
	tile   map[model.ID]*Tile
	sum    map[*Compartment]*[2]float64 // weight and wet weight of what fills a bay
}

func (d *drawing) bays() {
	d.bay, d.tile, d.sum = map[model.ID]*Compartment{}, map[model.ID]*Tile{}, map[*Compartment]*[2]float64{}
	var more *Compartment
	if d.places.slots >= 0 {
		more = &Compartment{Cell: d.places.slots, Span: 1, Left: len(d.places.left[d.index]), Icon: "role"}
		more.Name = fmt.Sprintf("%d more, drier", more.Left)
		if d.view.Focus != nil {
			more.Name = fmt.Sprintf("%d more", more.Left)
		}
		d.sum[more] = &[2]float64{}
	}
	for i, c := range d.compartments {
		b := more
		left := d.places.left[d.index][c.ID]
		if !left {
			sp := d.places.spans[d.index][c.ID]
			b = &Compartment{ID: c.ID, Cell: sp.first, Span: sp.n, Name: cmp.Or(c.Name, d.name(c.ID), string(c.ID))}
			d.sum[b] = &[2]float64{}
			d.Bays = append(d.Bays, b)
			if d.before != nil {
				b.PartOf = d.places.partOf[c.ID]
				if _, ok := d.before.at[c.ID]; !ok {
					b.Mark = New
				}
			}
		}
		d.bay[c.ID] = b
		b.Functions += len(c.Functions)
		for _, id := range c.Functions {
			share, _ := d.share(id)
			b.Share = max(b.Share, share)
			cabin := d.cabin(id)
			b.State = max(b.State, cabin.State)
			b.Cabins = append(b.Cabins, cabin)
		}
		if c.Role != "" && d.flood.state[c.Role] == Breached {
			b.State = Breached
		} else if c.Role != "" && d.flood.state[c.Role] == Held {
			b.State = max(b.State, Held)
		}
		if !left {
			b.Triggers = d.triggersOf(c)
			d.describe(b, c, i)
		}
	}
	if more != nil && more.Left > 0 {
		more.Caption = "each at most " + Percent(more.Share)
		more.Tip = tip(more.Name, fmt.Sprintf("%s in %d compartments, each reaching at most %s", count(more.Functions, "function", "functions"), more.Left, Percent(more.Share)))
		d.Bays = append(d.Bays, more)
	}
	slices.SortStableFunc(d.Bays, func(a, b *Compartment) int { return cmp.Compare(a.Cell, b.Cell) })
}

func (d *drawing) cabin(id model.ID) *Cabin {
	f := d.design.Function(id)
	c := &Cabin{ID: id, Name: d.name(id), Handler: f.Handler, State: d.flood.state[id], Hop: d.flood.hops[id]}
	says := [...]string{"", "the breach chooses its input", "the breach holds its code or credentials", "the breach starts here"}[c.State]
	share := ""
	if v, ok := d.share(id); ok {
		share = "a breach of it reaches " + Share(v, d.reaches[id].AtLeast)
	}
	physical := ""
	if f.Name != c.Name {
		physical = f.Name
	}
	c.Tip = tip("function "+c.Name, physical, strings.Trim(f.Handler+" · "+f.Runtime, " ·"), says, share)
	return c
}

// describe sets what a bay says of itself under its name.
func (d *drawing) describe(b *Compartment, c model.Compartment, i int) {
	role := ""
	b.Icon = "function"
	if r := d.design.Role(c.Role); r != nil {
		role = d.name(c.Role)
		if r.External {
			role += " (not seen)"
		}
	}
	var words []string
	if n := len(c.Functions); n > 1 {
		words = append(words, count(n, "function", "functions"))
	}
	if n := d.routes(c); n > 1 {
		words = append(words, count(n, "route", "routes"))
	}
	if role != "" && role != b.Name {
		words = append(words, role)
	}
	if role == "" {
		words = append(words, "no role known")
	}
	b.Caption, b.Role = strings.Join(words, " · "), role
	from := ""
	if b.PartOf != "" {
		from = "part of what was " + b.PartOf
	}
	names := make([]string, len(b.Cabins))
	for j, cabin := range b.Cabins {
		names[j] = cabin.Name
	}
	b.Tip = tip("compartment "+b.Name, b.Caption, strings.Join(names, ", "), fmt.Sprintf("can touch %s of its own grants", count(len(d.touches[i]), "resource", "resources")), from)
}

// tiles makes the resources and puts them in their bays or the bilge.
func (d *drawing) tiles() {
	type placed struct {
		*Tile
		order int
	}
	var bilge []placed
	for _, r := range d.resources {
		h, ok := d.places.homes[r.ID]
		if !ok {
			continue
		}
		kind := kindOf(r)
		t := &Tile{ID: r.ID, Name: d.name(r.ID), Icon: kind.Icon, Cell: h.cell, Crown: d.places.crowns[r.ID], Counted: d.counted[r.ID]}
		if d.before != nil && d.before.design.Resource(r.ID) == nil {
			t.Mark = New
		}
		d.tile[r.ID] = t
		var users []string
		for _, i := range d.users[r.ID] {
			c := d.compartments[i]
			t.Users++
			users = append(users, cmp.Or(c.Name, d.name(c.ID)))
			if d.flood.held(c) {
				t.Wet++
			}
		}
		b := d.bayAt(h.cell)
		if b != nil {
			t.Home = b.ID
		}
		can := ""
		if b != nil {
			own := &touch{}
			for _, i := range d.users[r.ID] {
				if d.bay[d.compartments[i].ID] == b {
					own.capabilities |= d.touches[i][r.ID].capabilities
					own.must |= d.touches[i][r.ID].must
				}
			}
			can = words(own.capabilities, own.must, "")
		}
		hit := d.flood.hits[r.ID]
		switch {
		case hit != nil:
			t.Tone, t.Sure = tone(hit.Capabilities), tone(hit.Must)
			t.May = t.Sure < t.Tone
			t.Words = words(hit.Capabilities, hit.Must, hit.Part)
			t.Via = d.via(hit, b)
		case can != "":
			t.Words = can
		case t.Users == 0:
			t.Words = "untouched"
			if s := d.view.Breach; s != nil && s.Reach.AtLeast {
				t.Words = "not known"
			}
		case b == nil:
			t.Words = count(t.Users, "bay", "bays")
		default:
			t.Words = "not by name"
		}
		d.explain(t, r, hit, kind, users)
		if b == nil {
			bilge = append(bilge, placed{t, h.order})
			continue
		}
		b.Tiles = append(b.Tiles, t)
	}
	slices.SortStableFunc(bilge, func(a, b placed) int {
		// What counts first, then the most shared: the order must not depend on the breach.
		if a.Counted != b.Counted {
			return map[bool]int{true: -1, false: 1}[a.Counted]
		}
		return cmp.Or(cmp.Compare(d.places.users[b.ID], d.places.users[a.ID]), cmp.Compare(a.order, b.order))
	})
	for _, t := range bilge {
		d.Bilge = append(d.Bilge, t.Tile)
	}
}

func (d *drawing) bayAt(cell int) *Compartment {
	if cell < 0 {
		return nil
	}
	for _, b := range d.Bays {
		if b.Cell <= cell && cell < b.Cell+b.Span {
			return b
		}
	}
	return nil
}

// explain sets the tip of a tile.
func (d *drawing) explain(t *Tile, r *model.Resource, hit *reach.Hit, kind catalog.Kind, users []string) {
	flood, by, crown, counts := "", "", "", ""
	if hit != nil {
		sure := ""
		if t.May {
			sure = " (? rests on something unknown)"
		}
		flood = fmt.Sprintf("the breach can %s%s, by %s", t.Words, sure, count(hit.Hops, "step", "steps"))
		if t.Via != "" {
			flood += ", from " + t.Via
		}
	}
	switch n := len(users); {
	case n == 0:
		by = "no function has a grant on it"
	case n <= 8:
		by = "can be touched by " + strings.Join(users, ", ")
	default:
		by = fmt.Sprintf("can be touched by %s and %d more", strings.Join(users[:8], ", "), n-8)
	}
	if t.Crown {
		crown = "a crown jewel"
	}
	if !t.Counted {
		counts = "shown, not counted"
	}
	name := kind.Noun + " " + t.Name
	if r.Name != "" && r.Name != t.Name {
		name += " (" + r.Name + ")"
	}
	t.Tip = tip(name, r.Type, flood, by, crown, counts)
}

// via names the compartment whose hand makes a tile wet where its own bay is not held; "" where it is.
func (d *drawing) via(hit *reach.Hit, b *Compartment) string {
	if b == nil || hit.Hops == 0 {
		return ""
	}
	if i, ok := d.at[b.ID]; ok && d.flood.held(d.compartments[i]) {
		return ""
	}
	from, _ := hit.By()
	if i, ok := d.at[from]; ok {
		if d.compartments[i].ID == b.ID {
			return ""
		}
		c := d.compartments[i]
		return cmp.Or(c.Name, d.name(c.ID))
	}
	return d.name(from)
}

// pipes join bays with what they can touch in the bilge.
func (d *drawing) pipes() {
	for _, t := range d.Bilge {
		for _, i := range d.users[t.ID] {
			c, own := d.compartments[i], d.touches[i][t.ID]
			b := d.bay[c.ID]
			if b == nil || b.ID == "" {
				continue
			}
			p := &Pipe{Bay: c.ID, Tile: t.ID, Words: words(own.capabilities, own.must, "")}
			if d.flood.held(c) && d.flood.hits[t.ID] != nil {
				p.Tone = tone(own.capabilities)
				p.Sure = tone(own.must)
				p.May = p.Sure < p.Tone
			}
			p.Tip = tip(fmt.Sprintf("%s can touch %s: %s", b.Name, t.Name, p.Words))
			d.Pipes = append(d.Pipes, p)
		}
	}
}

// doors lead from bay to bay.
func (d *drawing) doors() {
	seen := map[doorKey]*Door{}
	for _, k := range d.survey.doors {
		from, to := k.from, k.to
		if b := d.bay[from]; b != nil {
			from = b.ID
		}
		if b := d.bay[to]; b != nil {
			to = b.ID
		}
		if from == to || (from == "" && to == "") {
			continue
		}
		// Who can run as another need not feed it as well.
		if !k.runs && d.doorAt[doorKey{k.from, k.to, true}] != nil {
			continue
		}
		wet := d.open(k)
		if same := seen[doorKey{from, to, k.runs}]; same != nil { // of or to the bay of those left out
			same.Wet, same.May = same.Wet || wet, same.May && k.may
			continue
		}
		door := &Door{From: from, To: to, Runs: k.runs, May: k.may, Functions: k.functions, Label: strings.Join(k.labels, ", "), Name: d.says(to), Wet: wet}
		if b := d.bay[k.to]; b != nil {
			door.Name = b.Name
		}
		seen[doorKey{from, to, k.runs}] = door
		verb := "chooses the input of"
		if k.runs {
			verb = "can run as"
		}
		by := ""
		if door.Label != "" {
			by = "by " + door.Label
		}
		door.Tip = tip(fmt.Sprintf("%s %s %s", d.says(k.from), verb, d.says(k.to)), by)
		d.Doors = append(d.Doors, door)
	}
}

func (d *drawing) says(id model.ID) string {
	if i, ok := d.at[id]; ok {
		return cmp.Or(d.compartments[i].Name, d.name(id))
	}
	return d.name(id)
}

// open reports whether the breach goes through a door: away from where it started, at the hop shown.
func (d *drawing) open(k *door) bool {
	state := func(id model.ID) (State, int) {
		i, ok := d.at[id]
		if !ok {
			return d.flood.state[id], d.flood.hops[id]
		}
		c := d.compartments[i]
		st, hops := Sound, -1
		for _, e := range append([]model.ID{c.Role}, c.Functions...) {
			if e == "" || d.flood.state[e] == Sound {
				continue
			}
			st = max(st, d.flood.state[e])
			if h := d.flood.hops[e]; hops < 0 || h < hops {
				hops = h
			}
		}
		return st, hops
	}
	from, at := state(k.from)
	to, then := state(k.to)
	if to == Breached || to == Sound || from == Sound {
		return false
	}
	if then > 0 && at >= then {
		return false
	}
	if k.runs {
		return to == Held && (from >= Held || d.view.Vulnerable)
	}
	return from >= Held || d.view.Vulnerable
}

// tone is the worst of the capabilities.
func tone(c catalog.Capabilities) Tone {
	switch depth := c.Depth(); {
	case depth == 0:
		return Dry
	case depth < 0.5:
		return Reads
	case depth < 1:
		return Changes
	}
	return Owns
}

// words are capabilities for people, those that are perhaps with a question mark, and the part where it is one.
func words(all, must catalog.Capabilities, part string) string {
	var out []string
	mark := func(c catalog.Capability) string {
		if must.Has(c) {
			return ""
		}
		return "?"
	}
	everything := all.Has(catalog.Read) && all.Has(catalog.Write) && all.Has(catalog.Delete) && all.Has(catalog.Permissions)
	if everything {
		out = append(out, "everything"+mark(catalog.Permissions))
	} else {
		for _, c := range all.All() {
			if c.IsHit() {
				out = append(out, c.String()+mark(c))
			}
		}
	}
	if len(out) == 0 {
		for _, c := range all.All() {
			out = append(out, c.String()+mark(c))
		}
	}
	s := strings.Join(out, " ")
	if part != "" && s != "" {
		s += " of " + part
	}
	return s
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
