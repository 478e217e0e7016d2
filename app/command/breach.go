package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
)

type breachCmd struct {
	templateFlags
	File       []string `arg:"" help:"Template, folder, snapshot or saved design."`
	From       string   `help:"Start: id, ARN or name of a function, role, user or group; without it every function." placeholder:"START"`
	JSON       bool     `name:"json" help:"Print JSON."`
	Wall       string   `help:"Which statements to take away, the fewest, so that the breach does not reach this." placeholder:"TARGET"`
	Ways       string   `help:"Up to three ways from the start to this." placeholder:"TARGET"`
	Vulnerable bool     `name:"assume-vulnerable" help:"Take functions whose input the breach chooses as vulnerable too."`
	knownFlags
	Unfold bool `help:"Print known administrators one by one."`
}

func (c breachCmd) Run(ctx context.Context, env *Env) error {
	o, err := open(ctx, env, c.File, c.options())
	if err != nil {
		return err
	}
	a, err := reach.Analyze(ctx, o.Design, catalog.Load(), nil)
	if err != nil {
		return err
	}
	breaches := a.Breaches()
	var one *reach.Breach
	if c.From != "" {
		var from model.ID
		if e := o.Design.FindStart(c.From); e != nil {
			from = e.ElementID()
		} else if id, ok := a.Stranger(c.From); ok {
			from = id
		} else {
			return usage("breach: %s: no function, role, user or group is called %q (bulkhead model lists them)%s", c.File[0], c.From, strangers(a))
		}
		if one = a.Breach(from); one == nil {
			return usage("breach: %s is no function, role, user or group", from)
		}
		breaches = func(yield func(*reach.Breach) bool) { yield(one) }
	}
	if c.Wall != "" || c.Ways != "" {
		if one == nil {
			return usage("breach: --wall and --ways need --from START")
		}
		if c.Ways != "" {
			return c.printWays(env, a, one)
		}
		return c.printWall(ctx, env, a, one)
	}
	known := a.Administrators(c.Known...)
	if c.JSON {
		return printBreachesJSON(ctx, env.Out, a, breaches, c.Vulnerable, known)
	}
	if c.Unfold {
		known = nil
	}
	w := bufio.NewWriter(env.Out)
	if one == nil {
		err = printOverview(ctx, w, a, c.Vulnerable, known)
	} else {
		printHead(w, a, c.Vulnerable)
		printBreach(w, a, one, c.Vulnerable, known)
	}
	return errors.Join(err, w.Flush())
}

// strangers names the starts outside the account, as the end of a sentence.
func strangers(a *reach.Analysis) string {
	var ids []string
	for _, id := range a.Strangers() {
		ids = append(ids, string(id))
	}
	if len(ids) == 0 {
		return ""
	}
	return "; from outside: " + strings.Join(ids, ", ")
}

// breachVersion is the version of what breach --json prints and check reads as a baseline. What was printed before there were
// versions says none, and is as this one.
const breachVersion = "breach/v1"

type breachesJSON struct {
	Version    string       `json:"bulkhead"`
	Design     designJSON   `json:"design"`
	Measures   measuresJSON `json:"measures"`
	NotSeen    []string     `json:"notSeen"`
	Outside    []string     `json:"outside"`
	Unresolved int          `json:"unresolved"`
	Breaches   []breachJSON `json:"breaches"`

	Administrators []administratorJSON `json:"administrators"` // those that are known, whom text folds
}

type designJSON struct {
	Functions int `json:"functions"`
	Resources int `json:"resources"`
	Counted   int `json:"counted"`
}

type measuresJSON struct {
	Worst          float64          `json:"worst"`
	WorstOf        model.ID         `json:"worstOf,omitempty"`
	Mean           float64          `json:"mean"`
	MeanEntry      float64          `json:"meanEntry"`
	Watertightness float64          `json:"watertightness"`
	WorstWeighted  float64          `json:"worstWeighted"`
	MeanWeighted   float64          `json:"meanWeighted"`
	Exposure       map[model.ID]int `json:"exposure"`
	Admin          []model.ID       `json:"admin"`
	Vulnerable     bool             `json:"assumeVulnerable,omitempty"`
	AtLeast        int              `json:"atLeast,omitempty"` // functions whose policies were not all seen
}

type breachJSON struct {
	From     model.ID      `json:"from"`
	ARN      string        `json:"arn"`
	Admin    bool          `json:"admin"`
	AdminMay bool          `json:"adminMay,omitempty"`
	AdminFed bool          `json:"adminFed,omitempty"` // only through functions that it feeds, taken as vulnerable
	AdminWhy []stepJSON    `json:"adminPath,omitempty"`
	Reach    reachJSON     `json:"reach"`
	Sea      string        `json:"sea"`      // the headline of beyond
	SeaKinds int           `json:"seaKinds"` // how many kinds of things it names
	Beyond   []beyondJSON  `json:"beyond"`
	Fed      []model.ID    `json:"feeds"`
	Hits     []hitJSON     `json:"hits"`
	Openings []openingJSON `json:"openings"`
	NotSeen  []string      `json:"notSeen,omitempty"` // policies of what it runs as that no source showed
}

type reachJSON struct {
	Of      int        `json:"of"`
	Must    figureJSON `json:"must"`
	May     figureJSON `json:"may"`
	Fed     fedJSON    `json:"fed"`
	AtLeast bool       `json:"atLeast,omitempty"` // it may be more: see notSeen
}

type fedJSON struct {
	Must figureJSON `json:"must"`
	May  figureJSON `json:"may"`
}

type figureJSON struct {
	Resources int     `json:"resources"`
	Share     float64 `json:"share"`
	Weighted  float64 `json:"weighted"`
}

type beyondJSON struct {
	Service      string         `json:"service"`
	Type         string         `json:"type"`
	Capabilities []string       `json:"capabilities"`
	Pattern      string         `json:"pattern"`
	Certainty    string         `json:"certainty"`
	Fed          bool           `json:"fed,omitempty"`
	Words        string         `json:"words"`
	Evidence     []evidenceJSON `json:"evidence"`
}

type hitJSON struct {
	ID           string     `json:"id"`
	Target       model.ID   `json:"target"`
	ARN          string     `json:"arn"`
	Type         string     `json:"type"`
	Capabilities []string   `json:"capabilities"`
	Must         []string   `json:"mustCapabilities"`
	Certainty    string     `json:"certainty"`
	Hops         int        `json:"hops"`
	Part         string     `json:"part,omitempty"`
	Fed          bool       `json:"fed,omitempty"`
	Counted      bool       `json:"counted"`
	Admin        string     `json:"administrator,omitempty"` // why the target is known as one
	OwnLog       bool       `json:"ownLog,omitempty"`
	HeldBy       model.ID   `json:"heldBy,omitempty"` // the function whose role it is, which is a hit as well
	Sentence     string     `json:"sentence"`
	Path         []stepJSON `json:"path"`
	Ways         []wayJSON  `json:"ways"` // path, and those by which other capabilities come
}

type wayJSON struct {
	Capabilities []string   `json:"capabilities"`
	Certainty    string     `json:"certainty"`
	Path         []stepJSON `json:"path"`
}

// An openingJSON is a way in from outside the account, to the start or to its role.
type openingJSON struct {
	On        model.ID        `json:"on"`
	Kind      string          `json:"kind"`
	Principal string          `json:"principal"`
	Trigger   model.ID        `json:"trigger,omitempty"`
	Certainty string          `json:"certainty"`
	Evidence  []evidenceJSON  `json:"evidence"`
	Assumed   []conditionJSON `json:"assumed"`
}

type denialJSON struct {
	evidenceJSON
	Part    string   `json:"part,omitempty"`
	Actions []string `json:"actions"`
}

type stepJSON struct {
	From      model.ID        `json:"from"`
	To        model.ID        `json:"to"`
	Kind      string          `json:"kind"`
	Technique string          `json:"technique"`
	Via       model.ID        `json:"via,omitempty"`
	Actions   []string        `json:"actions"`
	Certainty string          `json:"certainty"`
	Evidence  []evidenceJSON  `json:"evidence"`
	Assumed   []conditionJSON `json:"assumed"`
	Denials   []denialJSON    `json:"denials,omitempty"` // what takes a part of it away
	Only      string          `json:"only,omitempty"`    // what filters let pass of a feed
	Note      string          `json:"note,omitempty"`    // why it is only perhaps, where no condition says it
}

type evidenceJSON struct {
	Policy    model.ID `json:"policy"`
	Layer     string   `json:"layer,omitempty"`
	Statement int      `json:"statement"`
	Sid       string   `json:"sid"`
	Lets      []string `json:"lets,omitempty"` // what it comes to allow, as it lets the resource's policy be written
	placeJSON
}

type conditionJSON struct {
	Operator string   `json:"operator"`
	Key      string   `json:"key"`
	Values   []string `json:"values"`
}

// printBreachesJSON prints a breachesJSON, each breach when it is worked out: all of an account's together would take
// gigabytes.
func printBreachesJSON(ctx context.Context, w io.Writer, a *reach.Analysis, breaches iter.Seq[*reach.Breach], vulnerable bool, known []reach.Administrator) error {
	d := a.Design()
	info := d.Info()
	m := a.Measures(vulnerable)
	out := breachesJSON{
		Version:  breachVersion,
		Design:   designJSON{m.Functions, m.Resources, m.Counted},
		Measures: describeMeasures(m),
		NotSeen:  list(info.NotSeen), Outside: list(info.Outside), Unresolved: info.Unresolved, Breaches: []breachJSON{}, Administrators: administrators(known),
	}
	err := printListed(w, out, "breaches", func(yield func(any) bool) {
		for b := range breaches {
			if ctx.Err() != nil {
				return
			}
			x := describeBreach(d, b, vulnerable)
			x.Openings = openings(openingsOf(a, b.From))
			for i := range x.Hits {
				x.Hits[i].Admin = reach.WhyKnown(known, x.Hits[i].Target)
			}
			if !yield(x) {
				return
			}
		}
	})
	if err == nil && ctx.Err() != nil {
		err = fmt.Errorf("breach: %w", ctx.Err())
	}
	return err
}

func describeMeasures(m reach.Measures) measuresJSON {
	exposure := m.Exposure
	if exposure == nil {
		exposure = map[model.ID]int{}
	}
	return measuresJSON{
		Worst: round(m.Worst), WorstOf: m.WorstOf, Mean: round(m.Mean), MeanEntry: round(m.MeanEntry),
		Watertightness: round(m.Watertightness), WorstWeighted: round(m.WorstWeighted), MeanWeighted: round(m.MeanWeighted),
		Exposure: exposure, Admin: list(m.Admin), Vulnerable: m.Vulnerable, AtLeast: m.AtLeast,
	}
}

func describeBreach(d *model.Design, b *reach.Breach, vulnerable bool) breachJSON {
	out := breachJSON{From: b.From, ARN: model.ARN(d.Element(b.From)), Admin: b.Admin || vulnerable && b.AdminFed, AdminMay: b.AdminMay || vulnerable && b.AdminFed, AdminFed: b.AdminFed, AdminWhy: steps(b.AdminWhy()),
		Reach: reachJSON{b.Reach.Of, figure(b.Reach.Must), figure(b.Reach.May), fedJSON{figure(b.Reach.FedMust), figure(b.Reach.FedMay)}, b.Reach.AtLeast},
		Fed:   list(b.Feeds(vulnerable)), Beyond: []beyondJSON{}, Hits: []hitJSON{}, NotSeen: b.NotSeen}
	sea := b.Sea(vulnerable)
	out.Sea, out.SeaKinds = reach.SeaInFull(sea), reach.KindsOf(sea)
	for _, y := range b.Beyond() {
		if y.Fed && !vulnerable {
			continue
		}
		out.Beyond = append(out.Beyond, beyondJSON{y.Service, y.Type, capabilities(y.Capabilities), y.Pattern, y.Certainty.String(), y.Fed, y.Words(), evidence(y.Evidence)})
	}
	held := map[model.ID]int{} // role → its place among the hits
	for _, h := range b.Hits {
		if h.Fed && !vulnerable {
			continue
		}
		e := d.Element(h.Target)
		technique := ""
		if last := h.Last(); last != nil {
			technique = last.Technique
		}
		id := string(b.From) + " " + string(h.Target)
		if technique != "" {
			id += " " + technique
		}
		x := hitJSON{ID: id, Target: h.Target, ARN: model.ARN(e), Type: typeOf(e),
			Capabilities: capabilities(h.Capabilities), Must: capabilities(h.Must), Certainty: h.Certainty.String(), Hops: h.Hops,
			Part: h.Part, Fed: h.Fed, Counted: h.Counted, OwnLog: h.OwnLog, Sentence: b.Sentence(d, h), Path: steps(h.Path()), Ways: ways(h.Ways())}
		out.Hits = append(out.Hits, x)
		if y, ok := heldRole(d, b, h, x); !ok {
			continue
		} else if i, again := held[y.Target]; !again {
			held[y.Target] = len(out.Hits)
			out.Hits = append(out.Hits, y)
		} else if y.Certainty == reach.Must.String() && out.Hits[i].Certainty != y.Certainty {
			out.Hits[i] = y
		}
	}
	return out
}

// heldRole is the role of a function that the breach runs as, told as a hit of its own: pictures and text tell the function alone,
// and whoever asks for the role finds it. False where the function's role is the start's, or told anyway.
func heldRole(d *model.Design, b *reach.Breach, h reach.Hit, on hitJSON) (hitJSON, bool) {
	f := d.Function(h.Target)
	if f == nil || f.Role == "" || f.Role == b.From || slices.ContainsFunc(b.Hits, func(o reach.Hit) bool { return o.Target == f.Role && o.Capabilities.Has(catalog.Secret) }) {
		return hitJSON{}, false
	}
	if own := d.Function(b.From); own != nil && own.Role == f.Role {
		return hitJSON{}, false
	}
	at := slices.IndexFunc(on.Ways, func(w wayJSON) bool { return len(w.Path) > 0 && w.Path[len(w.Path)-1].Kind == reach.Runs.String() })
	if at < 0 {
		return hitJSON{}, false
	}
	way, role := on.Ways[at], d.Element(f.Role)
	last := stepJSON{From: f.ID, To: f.Role, Kind: reach.Runs.String(), Actions: []string{}, Certainty: reach.Must.String(), Evidence: []evidenceJSON{}, Assumed: []conditionJSON{}}
	path := append(slices.Clone(way.Path), last)
	caps := []string{catalog.Secret.String()}
	out := hitJSON{ID: string(b.From) + " " + string(f.Role) + " held", Target: f.Role, ARN: model.ARN(role), Type: typeOf(role), Capabilities: caps, Must: []string{}, Certainty: way.Certainty,
		Hops: len(path), Fed: h.Fed, HeldBy: f.ID, Sentence: on.Sentence, Path: path, Ways: []wayJSON{{Capabilities: caps, Certainty: way.Certainty, Path: path}}}
	if way.Certainty == reach.Must.String() {
		out.Must = caps
	}
	return out, true
}

// openingsOf are the ways in from outside to a start and to the role whose session it is.
func openingsOf(a *reach.Analysis, from model.ID) []reach.Opening {
	out := a.OpeningsOn(from)
	if f := a.Design().Function(from); f != nil {
		out = append(out, a.OpeningsOn(f.Role)...)
	}
	return out
}

func figure(f reach.Figure) figureJSON {
	return figureJSON{f.Resources, round(f.Share), round(f.Weighted)}
}

func capabilities(s catalog.Capabilities) []string {
	out := []string{}
	for _, c := range s.All() {
		out = append(out, c.String())
	}
	return out
}

func steps(path []*reach.Step) []stepJSON {
	out := []stepJSON{}
	for _, s := range path {
		out = append(out, stepJSON{s.From, s.To, s.Kind.String(), s.Technique, s.Via, list(s.Actions), s.Certainty.String(), evidence(s.Evidence), conditions(s.Assumed), denials(s.Denials), s.Only, s.Note})
	}
	return out
}

func ways(ws []reach.Way) []wayJSON {
	out := []wayJSON{}
	for _, w := range ws {
		certainty := reach.Must
		path := w.Path()
		for _, s := range path {
			certainty = max(certainty, s.Certainty)
		}
		out = append(out, wayJSON{capabilities(w.Capabilities), certainty.String(), steps(path)})
	}
	return out
}

func denials(ds []reach.Denial) []denialJSON {
	var out []denialJSON
	for _, x := range ds {
		out = append(out, denialJSON{evidence([]reach.Evidence{x.Evidence})[0], x.Part, list(x.Actions)})
	}
	return out
}

func openings(os []reach.Opening) []openingJSON {
	out := []openingJSON{}
	for _, o := range os {
		out = append(out, openingJSON{o.On, o.Kind.String(), o.Principal, o.Trigger, o.Certainty.String(), evidence(o.Evidence), conditions(o.Assumed)})
	}
	return out
}

func evidence(es []reach.Evidence) []evidenceJSON {
	out := []evidenceJSON{}
	for _, e := range es {
		out = append(out, evidenceJSON{e.Policy, string(e.Layer), e.Statement, e.Sid, e.Lets, place(e.Span)})
	}
	return out
}

func conditions(cs []policy.Condition) []conditionJSON {
	out := []conditionJSON{}
	for _, c := range cs {
		out = append(out, conditionJSON{c.Operator, c.Key, list(c.Values)})
	}
	return out
}

func typeOf(e model.Element) string {
	switch e := e.(type) {
	case *model.Function:
		return "AWS::Lambda::Function"
	case *model.Role:
		return "AWS::IAM::Role"
	case *model.Policy:
		return "AWS::IAM::Policy"
	case *model.Resource:
		return e.Type
	case *model.Principal:
		if e.Kind == model.Group {
			return "AWS::IAM::Group"
		}
		return "AWS::IAM::User"
	}
	return ""
}

func joined(s []string) string {
	out := ""
	for i, x := range s {
		if i > 0 {
			out += ", "
		}
		out += x
	}
	return out
}
