package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

// A FloodRow says what one hit is and why.
type FloodRow struct {
	ID      model.ID // of what is hit, "" for the sea
	Icon    string
	Tone    render.Color // of the bar
	Hatched bool
	Name    string
	Can     string // "read and delete every item", "Shop sends a message that starts it"
	Why     string // "ShopRole · statement 2 allows dynamodb:* on *"
	Place   source.Span
	Word    string   // must, may, feeds
	Note    string   // the whole way, on hover
	Way     model.ID // of what the ways can be shown, "" for nothing
	hops    int
	rank    int
}

// A FloodList is what a breach floods.
type FloodList struct {
	Start  model.ID
	Title  string
	Claim  string
	Rows   []FloodRow
	Hops   int // of the longest way
	Hop    int // shown up to; Hops when all are
	Hidden int // rows beyond Hop
}

// FloodsOf lists what the breach of a side floods, up to a hop (0: all).
func FloodsOf(s session.Side, vulnerable bool, hop int) FloodList {
	b, d := s.Breach, s.Design
	if b == nil {
		return FloodList{Title: "What floods, and why"}
	}
	fig := Figure(b.Reach, vulnerable)
	l := FloodList{Start: b.From, Title: "What floods, and why",
		Claim: fmt.Sprintf("Breach of %s: %d of %d, %s", Name(d, b.From), fig.Resources, b.Reach.Of, render.Share(fig.Share, b.Reach.AtLeast))}
	if b.Reach.Of == 0 {
		l.Claim = fmt.Sprintf("Breach of %s: %s", Name(d, b.From), render.Uncounted)
	}
	if b.Admin || b.AdminMay {
		l.Rows = append(l.Rows, adminRow(d, b))
	}
	all := 0 // rows at the last hop
	for i := range b.Hits {
		if !b.Hits[i].Fed || vulnerable {
			all++
		}
	}
	sea := b.Sea(vulnerable)
	all += len(l.Rows) + min(1, len(sea))
	l.Hops = HopsOf(s, vulnerable)
	l.Hop = l.Hops
	if hop > 0 && hop < l.Hops {
		l.Hop = hop
		sea = b.SeaAt(vulnerable, hop)
	} else {
		hop = 0
	}
	so := 0
	for i := range b.Hits {
		h := b.Hits[i]
		if h.Fed && !vulnerable || hop > 0 && h.Hops > hop {
			continue
		}
		h = h.At(hop, vulnerable)
		if h.Counted && !h.OwnLog && h.Capabilities.Depth() > 0 {
			so++
		}
		l.Rows = append(l.Rows, hitRow(d, &h))
	}
	if len(sea) > 0 {
		l.Rows = append(l.Rows, seaRow(d, sea))
	}
	if hop > 0 {
		l.Claim = fmt.Sprintf("Breach of %s, hop %d of %d: %d of %d so far, in the end %d", Name(d, b.From), hop, l.Hops, so, b.Reach.Of, fig.Resources)
		if b.Reach.Of == 0 {
			l.Claim = fmt.Sprintf("Breach of %s, hop %d of %d", Name(d, b.From), hop, l.Hops)
		}
		l.Rows = slices.DeleteFunc(l.Rows, func(r FloodRow) bool { return r.hops > hop })
	}
	l.Hidden = all - len(l.Rows)
	slices.SortStableFunc(l.Rows, func(x, y FloodRow) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.hops, y.hops))
	})
	return l
}

// HopsOf is how many hops the longest way of a side's breach has; 0 where nothing is breached or floods.
func HopsOf(s session.Side, vulnerable bool) int {
	b := s.Breach
	if b == nil {
		return 0
	}
	hops := 0
	for i := range b.Hits {
		h := &b.Hits[i]
		if h.Fed && !vulnerable {
			continue
		}
		hops = max(hops, h.Hops)
		for _, w := range h.Ways() {
			hops = max(hops, w.Hops)
		}
	}
	for _, y := range b.Sea(vulnerable) {
		hops = max(hops, y.Hops)
	}
	if b.Admin || b.AdminMay {
		hops = max(hops, len(b.AdminWhy()))
	}
	return hops
}

func hitRow(d *model.Design, h *reach.Hit) FloodRow {
	depth := h.Capabilities.Depth()
	row := FloodRow{ID: h.Target, Icon: Icon(d, h.Target), Name: Name(d, h.Target), Can: CanDo(d, h), Word: h.Certainty.String(), hops: h.Hops, Hatched: h.Certainty == reach.May}
	if d.Element(h.Target) == nil {
		row.Icon = catalog.KindOf(h.Type).Icon
	}
	switch {
	case depth >= 1:
		row.Tone, row.rank = render.Tile3, 10
	case depth > 0.5:
		row.Tone, row.rank = render.Tile2, 11
	default:
		row.Tone, row.rank = render.Tile1, 12
	}
	if r := d.Resource(h.Target); r != nil && r.Crown {
		row.rank -= 5
	}
	if _, kind := h.By(); kind != reach.Acts || h.Held() {
		last, perhaps := h.Last(), false
		if f := told(d, h); f != nil {
			last, perhaps = f.Way[len(f.Way)-1], f.Certainty == reach.May
			row.Hatched = perhaps
		}
		row.rank = 20
		if last.Kind == reach.Feeds {
			row.Tone, row.Word = render.Feeds, "feeds"
		} else {
			row.Tone, row.rank = render.Danger, 3
			row.Word = "runs"
		}
		if perhaps || last.Certainty == reach.May {
			row.Word += ", may"
		}
	}
	if !h.Counted && row.rank >= 10 && row.rank < 20 {
		row.rank = 30
	}
	if h.OwnLog {
		row.rank, row.Tone, row.Word = 40, render.Line, "its own"
	}
	if h.Hops > 0 {
		row.Way = h.Target
		row.Why, row.Place = reasons(d, h)
		var ways []string
		for _, one := range h.ByWay() {
			if w := way(d, one.Path()); !slices.Contains(ways, w) {
				ways = append(ways, w)
			}
		}
		row.Note = strings.Join(ways, "\n")
	}
	if h.Fed {
		row.Note += "\nOnly while fed functions are taken as vulnerable."
	}
	return row
}

// told is what of a hit a row says: that the breach acts as it, or else what it does first; nil where nothing is known.
func told(d *model.Design, h *reach.Hit) *reach.Fact {
	facts := h.Facts(d)
	i := max(0, slices.IndexFunc(facts, func(f reach.Fact) bool { return f.Kind == reach.Runs }))
	if len(facts) == 0 || len(facts[i].Way) == 0 {
		return nil
	}
	return &facts[i]
}

// CanDo says what can be done to what stands before it: "read and delete every item and change who may reach it", "Shop sends a
// message that starts it".
func CanDo(d *model.Design, h *reach.Hit) string {
	if _, kind := h.By(); kind != reach.Acts || h.Held() {
		if f := told(d, h); f != nil {
			who := ""
			if last := f.Way[len(f.Way)-1]; last.From != "" {
				who = Name(d, last.From) + " "
			}
			return who + f.Does
		}
	}
	name := Name(d, h.Target)
	can := h.Can(d)
	for _, word := range []string{"can ", "may "} {
		can = strings.TrimPrefix(can, word)
	}
	words := strings.ReplaceAll(strings.ReplaceAll(can, " of "+name+" ", " ")+" ", " "+name+" ", " it ")
	words = strings.ReplaceAll(words, " "+name+",", " it,")
	for _, end := range []string{" ", ","} {
		words = strings.ReplaceAll(words, " of it"+end, end)
	}
	return strings.TrimSpace(words)
}

// reasons are the statements of a hit, by each of its ways, those that stand in a file first, and where the first stands.
func reasons(d *model.Design, h *reach.Hit) (string, source.Span) {
	var here, elsewhere []string
	var at source.Span
	for _, f := range h.Facts(d) {
		as := ""
		if n := len(f.Way); n > 1 && f.Way[n-1].From != "" && f.Kind == reach.Acts { // else the row says who does it
			as = "as " + Name(d, f.Way[n-1].From) + " · "
		}
		for _, r := range f.Reasons {
			if r.Place.IsZero() || r.Though {
				elsewhere = append(elsewhere, by(as, r.Says))
				continue
			}
			here = append(here, by(as, r.Says))
			if at.IsZero() {
				at = r.Place
			}
		}
	}
	if at.IsZero() {
		at = place(h.Path())
	}
	return strings.Join(append(here, elsewhere...), "; "), at
}

// by says as whom before a reason that does not begin with the same.
func by(as, says string) string {
	if strings.HasPrefix(says, strings.TrimPrefix(as, "as ")) {
		return says
	}
	return as + says
}

// why is the reason for the last step, and where it stands.
func why(d *model.Design, path []*reach.Step) (string, source.Span) {
	last := path[len(path)-1]
	text := strings.Join(last.Why(d), "; ")
	if len(path) > 1 && last.From != "" {
		text = by("as "+Name(d, last.From)+" · ", text)
	}
	return text, place(path)
}

// place is where the last of a path's statements stands that stands anywhere.
func place(path []*reach.Step) source.Span {
	for i := len(path) - 1; i >= 0; i-- {
		for _, e := range path[i].Grounds() {
			if !e.Span.IsZero() {
				return e.Span
			}
		}
	}
	return source.Span{}
}

// way is the whole path in words.
func way(d *model.Design, path []*reach.Step) string {
	var parts []string
	for i, s := range path {
		line := fmt.Sprintf("%d. %s %s %s", i+1, Name(d, s.From), verb(s), Name(d, s.To))
		if s.Via != "" {
			line += " by " + Name(d, s.Via)
		}
		parts = append(parts, line+": "+strings.Join(s.Why(d), "; "))
	}
	return strings.Join(parts, "   ")
}

func verb(s *reach.Step) string {
	switch s.Kind {
	case reach.Feeds:
		return "chooses the input of"
	case reach.Runs:
		return "runs as"
	case reach.Acts:
	}
	return "touches"
}

func adminRow(d *model.Design, b *reach.Breach) FloodRow {
	row := FloodRow{ID: b.From, Icon: "warning", Tone: render.Danger, Name: "Administrator", Can: "can become an administrator of the account", Word: "must", rank: 0}
	if b.AdminMay {
		row.Can, row.Word, row.Hatched = "may become an administrator of the account", "may", true
	}
	if path := b.AdminWhy(); len(path) > 0 {
		if to := path[len(path)-1].To; to != b.From && d.Element(to) != nil {
			row.Way = to
		}
		row.Why, row.Place = why(d, path)
		row.Note = way(d, path)
		row.hops = len(path)
	} else {
		row.Why = "its own policies are those of an administrator"
	}
	return row
}

func seaRow(d *model.Design, sea []reach.Beyond) FloodRow {
	row := FloodRow{Icon: "wave", Tone: render.Tile2, Name: "The sea", Can: reach.SeaWords(sea), Word: "may", rank: 29, hops: 1, Hatched: true}
	var reasons []string
	for _, y := range sea {
		if y.Certainty == reach.Must {
			row.Word, row.Hatched = "must", false
		}
		for _, e := range y.Evidence {
			if s := e.Sentence(d); !slices.Contains(reasons, s) {
				reasons = append(reasons, s)
			}
			if row.Place.IsZero() {
				row.Place = e.Span
			}
		}
	}
	row.Why = strings.Join(reasons[:min(2, len(reasons))], "; ")
	if n := len(reasons) - 2; n > 0 {
		row.Why += fmt.Sprintf("; and %d more", n)
	}
	var words []string
	for _, y := range sea {
		words = append(words, y.Words())
	}
	slices.Sort(words)
	row.Note = strings.Join(slices.Compact(words), ", ")
	return row
}
