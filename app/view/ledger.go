package view

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// A Measure is one figure of the bar below.
type Measure struct {
	Name    string
	Before  string // the figure before the edits, "" where there are none
	Figure  string
	Color   render.Color
	Remark  string       // whose it is, or the change
	Verdict render.Color // of the remark: Good where it got better, Danger where worse, None
	Tip     string
}

// Ledger is the figures of a state: before → now where something was edited.
func Ledger(st session.State) []Measure {
	if !st.Analysed() {
		return nil
	}
	b, a, d := st.Before.Measures, st.After.Measures, st.After.Design
	edited := st.Edited
	tight := Measure{Name: "Watertightness", Figure: render.Tight(a), Color: render.Ink,
		Tip: "1 minus the mean reach: 1 means that no breach reaches anything."}
	worst := Measure{Name: "Worst breach", Figure: render.Share(a.Worst, a.AtLeast > 0), Color: alarm(a.Worst, a.AtLeast > 0), Remark: "nothing floods",
		Tip: "The largest share of the counted resources that the breach of one function reaches, must and may."}
	if len(a.Admin) > 0 {
		worst.Remark, worst.Color = "an administrator is within reach", render.Danger
	}
	if a.WorstOf == "" && st.After.Sea > 0 && len(a.Admin) == 0 {
		worst.Remark, worst.Color = "nothing here, and the sea", render.Danger
	}
	if a.WorstOf != "" {
		worst.Remark = Name(d, a.WorstOf)
		if br := st.After.Analysis.Breach(a.WorstOf); br != nil && st.After.Sea > 0 && reachesOut(br, st.Vulnerable) {
			worst.Remark += ", and the sea"
			worst.Color = render.Danger
		}
	}
	mean := Measure{Name: "Mean breach", Figure: render.Share(a.Mean, a.AtLeast > 0), Color: render.Ink, Remark: plural(a.Functions, "function"),
		Tip: fmt.Sprintf("The mean over all functions; over those that the outside can start it is %s.", percent(a.MeanEntry))}
	if a.AtLeast > 0 {
		tight.Tip += fmt.Sprintf(" Not all policies that concern %s were seen, so it may be less.", plural(a.AtLeast, "function"))
		if a.WorstOf == "" && st.After.Sea <= 0 {
			worst.Remark = "as far as seen"
		}
		tight.Remark = "as far as seen"
	}
	if a.Counted == 0 && worst.Color == render.Danger { // there is nothing to have a share of, and no reason to be calm
		for _, m := range []*Measure{&worst, &mean, &tight} {
			m.Figure, m.Color = "–", render.Muted
			m.Tip += " " + upper(render.Uncounted) + "."
		}
		tight.Remark, worst.Remark = "", render.Uncounted
		if len(a.Admin) > 0 {
			worst.Figure, worst.Color, worst.Remark = "admin", render.Danger, "an administrator is within reach"
		}
	} else if edited {
		compare(&tight, decimal(b.Watertightness), a.Watertightness-b.Watertightness, decimalChange)
		compare(&worst, percent(b.Worst), b.Worst-a.Worst, func(x float64) string { return percentChange(-x) })
		compare(&mean, percent(b.Mean), b.Mean-a.Mean, func(x float64) string { return percentChange(-x) })
	}
	beyond := Measure{Name: "The sea", Figure: fmt.Sprint(st.After.Sea), Color: alarm(float64(st.After.Sea), a.AtLeast > 0), Remark: "kinds beyond the design",
		Tip: "How many kinds of things breaches of the functions reach beyond the design, as the sea under the picture names them: any other table of the account is one."}
	counted := st.Before.Sea != session.Uncounted && st.After.Sea != session.Uncounted
	switch {
	case !counted:
		beyond.Figure, beyond.Color, beyond.Remark = "…", render.Muted, "being counted"
	case st.After.Sea == 0:
		beyond.Remark = "nothing beyond"
	}
	if edited && counted {
		compare(&beyond, fmt.Sprint(st.Before.Sea), float64(st.Before.Sea-st.After.Sea), func(x float64) string { return strings.Replace(fmt.Sprintf("%+.0f", -x), "-", "−", 1) })
	}
	crowns := Measure{Name: "Crown jewels", Figure: of(a.CrownsExposed, a.Crowns), Color: render.Good,
		Tip: "Resources marked as crown jewels that at least one breach reaches."}
	crowns.Remark = "all dry"
	if a.CrownsExposed > 0 {
		crowns.Color, crowns.Remark = render.Danger, exposedBy(st)
	}
	if edited && a.Crowns > 0 && b.Crowns == a.Crowns && b.CrownsExposed != a.CrownsExposed {
		compare(&crowns, of(b.CrownsExposed, b.Crowns), float64(b.CrownsExposed-a.CrownsExposed), func(float64) string { return "" })
	}
	admin := Measure{Name: "Administrator", Figure: "no", Color: render.Good, Remark: "as far as seen",
		Tip: "Whether a breach of a function reaches an administrator of the account, or can become one."}
	others := st.After.Analysis.Escalating(st.Vulnerable)
	if n := len(others); n > 0 {
		admin.Tip += fmt.Sprintf(" Beside functions, %s one: %s.", reachWords(n), someNames(d, others, 8))
	}
	switch n := len(a.Admin); {
	case n > 0:
		admin.Figure, admin.Color, admin.Remark = "perhaps", render.Danger, "from "+someNames(d, a.Admin, 2)
		if slices.ContainsFunc(a.Admin, func(id model.ID) bool { return st.After.Analysis.RulesSurely(id, st.Vulnerable) }) {
			admin.Figure = "yes"
		}
	case len(others) > 0 && a.Functions == 0:
		admin.Figure, admin.Color, admin.Remark = "yes", render.Danger, "from "+someNames(d, others, 1)
	case len(others) > 0:
		admin.Remark, admin.Color = "function; "+doWords(len(others)), render.Ink
	case a.Functions == 0:
		if n := len(st.After.Analysis.Administrators()); n > 0 { // nobody becomes one, but it is not that there were none
			admin.Figure, admin.Color, admin.Remark = "–", render.Ink, fmt.Sprintf("nobody beside %s", plural(n, "administrator"))
		}
	}
	if a.Functions == 0 { // figures are of functions
		for _, m := range []*Measure{&worst, &mean, &tight, &beyond} {
			*m = Measure{Name: m.Name, Figure: "–", Color: render.Muted, Tip: m.Tip + " There is no function."}
		}
		worst.Remark = "no function to breach"
	}
	var out []Measure
	if m, ok := reachOf(st); ok {
		out = append(out, m)
	}
	out = append(out, worst, mean, tight, beyond)
	if a.Crowns > 0 {
		out = append(out, crowns)
	}
	return append(out, admin)
}

// reachWords is "a role or user reaches", "7 roles and users reach".
func reachWords(n int) string {
	if n == 1 {
		return "a role or user reaches"
	}
	return fmt.Sprintf("%d roles and users reach", n)
}

// doWords goes on after "no function": "4 others do".
func doWords(n int) string {
	if n == 1 {
		return "another does"
	}
	return fmt.Sprintf("%d others do", n)
}

// reachOf is the share that the breach which is shown reaches; false where none is, or where it is the worst before and after.
func reachOf(st session.State) (Measure, bool) {
	now := st.After.Breach
	if now == nil || st.Start == "" {
		return Measure{}, false
	}
	if st.Start == st.After.Measures.WorstOf && (!st.Edited || st.Start == st.Before.Measures.WorstOf) {
		return Measure{}, false
	}
	fig, d := Figure(now.Reach, st.Vulnerable), st.After.Design
	if d.Element(st.Start) == nil {
		d = st.Before.Design
	}
	m := Measure{Name: "Breach of " + Name(d, st.Start), Figure: render.Share(fig.Share, now.Reach.AtLeast), Color: toneOf(now, st.Vulnerable), Remark: of(fig.Resources, now.Reach.Of),
		Tip: "The share of the counted resources that the breach which is shown reaches, must and may."}
	if was := st.Before.Breach; st.Edited && was != nil {
		share := Figure(was.Reach, st.Vulnerable).Share
		compare(&m, percent(share), share-fig.Share, func(x float64) string { return percentChange(-x) })
	}
	if now.Reach.Of == 0 && m.Color == render.Danger {
		m.Before, m.Verdict = "", render.None
		m.Figure, m.Color, m.Remark = "–", render.Muted, render.Uncounted
		if rules(now, st.Vulnerable) {
			m.Figure, m.Color, m.Remark = "admin", render.Danger, "an administrator is within reach"
		}
	}
	return m, true
}

// NotSeen says what no source showed: "Not seen: SCPs, key policies · 2 unresolved".
func NotSeen(d *model.Design) string {
	var parts []string
	if n := d.Info().NotSeen; len(n) > 0 {
		parts = append(parts, "Not seen: "+strings.Join(spelled(n), ", "))
	}
	if n := d.Info().Unresolved; n > 0 {
		parts = append(parts, plural(n, "value")+" unresolved")
	}
	return strings.Join(parts, " · ")
}

// spelled gives layers their usual capitals.
func spelled(layers []string) []string {
	out := make([]string, len(layers))
	for i, l := range layers {
		out[i] = strings.NewReplacer("scps", "SCPs", "rcps", "RCPs").Replace(l)
	}
	return out
}

func reachesOut(b *reach.Breach, vulnerable bool) bool {
	for _, y := range b.Beyond() {
		if vulnerable || !y.Fed {
			return true
		}
	}
	return false
}

// exposedBy names the functions whose breaches reach a crown jewel.
func exposedBy(st session.State) string {
	a, d := st.After.Analysis, st.After.Design
	var crowns, by []model.ID
	for _, r := range d.Resources() {
		if r.Crown {
			crowns = append(crowns, r.ID)
		}
	}
	for _, f := range d.Functions() {
		if slices.ContainsFunc(crowns, func(id model.ID) bool { _, may := a.Depth(f.ID, id, st.Vulnerable); return may > 0 }) {
			by = append(by, f.ID)
		}
	}
	return "by " + someNames(d, by, 2)
}

func someNames(d *model.Design, ids []model.ID, most int) string {
	var names []string
	for i, id := range ids {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(ids)-most))
			break
		}
		names = append(names, Name(d, id))
	}
	return strings.Join(names, ", ")
}

// toneOf is the colour of a breach's figure, as the picture has it: no good news where it reaches the sea or an administrator.
func toneOf(b *reach.Breach, vulnerable bool) render.Color {
	if rules(b, vulnerable) || reachesOut(b, vulnerable) {
		return render.Danger
	}
	return alarm(float64(Figure(b.Reach, vulnerable).Resources), b.Reach.AtLeast)
}

// alarm is the colour of a share: no good news where what was not seen may add to it.
func alarm(share float64, atLeast bool) render.Color {
	switch {
	case share > 0:
		return render.Danger
	case atLeast:
		return render.Ink
	}
	return render.Good
}

// compare writes a measure as "0.42 → 0.63  +0.21"; better is positive where it got better. What the remark said goes into the tip.
func compare(m *Measure, before string, better float64, change func(float64) string) {
	if m.Remark != "" {
		m.Tip = m.Name + " now: " + m.Remark + ". " + m.Tip
	}
	m.Before, m.Remark = before, change(better)
	switch {
	case better > 1e-9:
		m.Verdict, m.Color = render.Good, render.Good
	case better < -1e-9:
		m.Verdict, m.Color = render.Danger, render.Danger
	default:
		m.Before, m.Remark = "", "as before"
	}
}

func decimal(x float64) string { return fmt.Sprintf("%.2f", x) }

func decimalChange(x float64) string { return strings.Replace(fmt.Sprintf("%+.2f", x), "-", "−", 1) }

func percentChange(x float64) string {
	return strings.Replace(fmt.Sprintf("%+.0f", 100*x), "-", "−", 1)
}

// A LedgerBar is the bar below: how good the design is.
type LedgerBar struct {
	Root  fyne.CanvasObject
	cells *fyne.Container
	note  *Text
}

// NewLedgerBar returns an empty bar.
func NewLedgerBar() *LedgerBar {
	l := &LedgerBar{note: NewText("", small.aligned(fyne.TextAlignTrailing).lines(2))}
	l.cells = &fyne.Container{Layout: ledgerLayout(nil)}
	l.Root = newBehind(NewGround(render.Panel, render.None, 0), newColumn(0, NewRule(), newInset(20, 7, l.cells)))
	return l
}

// Set shows measures and what was not seen. No measures: they are being computed.
func (l *LedgerBar) Set(ms []Measure, notSeen string) {
	l.cells.Objects = nil
	var wants []float32
	if ms == nil {
		ms = []Measure{{Name: "Worst breach"}, {Name: "Mean breach"}, {Name: "Watertightness"}, {Name: "The sea"}, {Name: "Administrator"}}
		for i := range ms {
			ms[i].Figure, ms[i].Color = "…", render.Muted
		}
	}
	for _, m := range ms {
		name := NewText(m.Name, small.named())
		name.Tip = m.Tip
		style := small
		if m.Verdict != render.None {
			style = body.in(m.Verdict).weighing(render.Bold)
		}
		remark := NewText(m.Remark, style.named())
		remark.Tip = m.Tip
		var row []fyne.CanvasObject
		want := figure.width(m.Figure) + 8 + style.width(m.Remark)
		if m.Before != "" {
			before := body.in(render.Muted).whole()
			row = append(row, NewLabel(m.Before+"  →", before))
			want += before.width(m.Before+"  →") + 8
		}
		row = append(row, NewLabel(m.Figure, figure.in(m.Color)), remark)
		l.cells.Add(newColumn(0, name, newLine(8, len(row)-1, row...)))
		wants = append(wants, float32(max(small.width(m.Name), want))+6)
	}
	l.cells.Layout = ledgerLayout(wants)
	l.note.SetText(notSeen)
	l.cells.Add(l.note)
	l.cells.Refresh()
}

// NewRule returns a thin line across.
func NewRule() fyne.CanvasObject {
	return &fyne.Container{Layout: ruleLayout{}, Objects: []fyne.CanvasObject{NewGround(render.Line, render.None, 0)}}
}

type ruleLayout struct{}

func (ruleLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 1) }

func (ruleLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	for _, x := range o {
		x.Resize(fyne.NewSize(s.Width, 1))
	}
}
