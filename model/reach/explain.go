package reach

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// What a hit means and why it is there, in words. The window, the report and the commands use the same.

// heldAsItems are the kinds whose contents one reads and deletes item by item.
var heldAsItems = map[string]bool{"bucket": true, "table": true, "database": true, "file system": true, "repository": true, "log group": true,
	"queue": true, "topic": true, "stream": true, "event bus": true}

// writtenAsData are the kinds whose contents are what a write changes. Of the others, a write changes the thing.
var writtenAsData = map[string]bool{"bucket": true, "table": true, "database": true, "file system": true, "repository": true, "log group": true}

// Can says what the attacker can do: "can read, write and delete every item of Orders except secret/*".
func (h Hit) Can(d *model.Design) string {
	name := d.Name(h.Target)
	// The name once, then "it".
	it := func() string {
		said := name
		name = "it"
		return said
	}
	if h.OwnLog {
		return "can write its own log group"
	}
	caps := hits(h.Capabilities)
	if sure, perhaps, ok := h.apart(); ok {
		return sure.Can(d) + ", and perhaps " + strings.TrimPrefix(perhaps.Can(d), "may ")
	}
	if last := h.Last(); last != nil {
		switch last.Kind {
		case Runs:
			return last.phrase(d)
		case Feeds:
			if caps == catalog.Capabilities(0).With(catalog.Invoke) {
				return "chooses the input of " + name + last.narrowed()
			}
		case Acts:
			if len(last.Actions) == 1 && last.Actions[0] == "iam:PassRole" {
				return "can pass " + name + " to a service"
			}
		}
	}
	kind := catalog.KindOf(h.Type)
	var phrases, data []string
	for _, c := range caps.All() {
		if c == catalog.Read || c == catalog.Delete || c == catalog.Write && writtenAsData[kind.Noun] {
			data = append(data, c.String())
		}
	}
	except, but := h.exceptions()
	if len(data) > 0 {
		item := kind.Item != "" && heldAsItems[kind.Noun]
		of := it()
		switch {
		case h.Part != "" && kind.Item != "":
			of = fmt.Sprintf("the %ss %s of %s", kind.Item, h.Part, of)
		case h.Part != "":
			of = h.Part + " of " + of
		case item:
			of = fmt.Sprintf("every %s of %s", kind.Item, of)
		}
		if len(except) > 0 {
			of += " except " + few(except)
		}
		phrases = append(phrases, list(data)+" "+of)
	}
	for _, c := range caps.All() {
		switch c {
		case catalog.Permissions:
			phrases = append(phrases, "change who may reach "+it())
		case catalog.Secret:
			phrases = append(phrases, secretPhrase(h.Type, it()))
		case catalog.Invoke:
			phrases = append(phrases, "start "+it())
		case catalog.Send:
			item := "data"
			if kind.Item != "" {
				item = kind.Item + "s"
			}
			phrases = append(phrases, "send "+item+" to "+it())
		case catalog.Write:
			if !writtenAsData[kind.Noun] {
				phrases = append(phrases, "change "+it())
			}
		case catalog.Read, catalog.Delete, catalog.List, catalog.Tag:
		}
	}
	if len(phrases) == 0 {
		return "can reach " + it()
	}
	word := "can "
	if h.Certainty == May {
		word = "may "
	}
	out := word + list(phrases)
	if len(but) > 0 {
		out += ", but not by " + few(but)
	}
	return out
}

// apart is what of an act is sure and what only perhaps; false where it is one or the other.
func (h Hit) apart() (sure, perhaps Hit, ok bool) {
	caps, must := hits(h.Capabilities), hits(h.Must)
	if h.OwnLog || h.Certainty != Must || must == 0 || must == caps {
		return h, h, false
	}
	if _, kind := h.By(); kind != Acts {
		return h, h, false
	}
	sure, perhaps = h, h
	sure.Capabilities = must
	perhaps.Capabilities, perhaps.Must, perhaps.Certainty = caps&^must, 0, May
	return sure, perhaps, true
}

// reason is the last step of the way to the deepest of what the hit is: of what is sure, of a sure one. It is nil where no way
// is known.
func (h Hit) reason() *Step {
	var reason *Step
	deepest := 0.0
	for i, w := range h.Ways() {
		last := w.Last()
		if i == 0 {
			reason = last
		}
		if last == nil || h.Certainty == Must && last.Certainty == May {
			continue
		}
		if x := (w.Capabilities & h.Capabilities).Depth(); x > deepest {
			reason, deepest = last, x
		}
	}
	return reason
}

// exceptions are what denials take away of the last step: parts of the target, and actions.
func (h Hit) exceptions() (parts, actions []string) {
	reason := h.reason()
	if reason == nil {
		return nil, nil
	}
	for _, x := range reason.Denials {
		if !x.concerns(hits(h.Capabilities)) {
			continue
		}
		if x.Part != "" {
			parts = append(parts, x.Part)
		} else {
			actions = append(actions, x.Actions...)
		}
	}
	slices.Sort(parts)
	slices.Sort(actions)
	return slices.Compact(parts), slices.Compact(actions)
}

func secretPhrase(cfnType, name string) string {
	switch cfnType {
	case "AWS::KMS::Key", "AWS::KMS::ReplicaKey":
		return "decrypt what " + name + " protects"
	case "AWS::SecretsManager::Secret", "AWS::SSM::Parameter":
		return "get the value of " + name
	case "AWS::IAM::Role", "AWS::IAM::User":
		return "get the credentials of " + name
	}
	return "get credentials of " + name
}

// Why says which statements allow a step, the fewest that allow all of it, one line each, and what it takes beside.
func (s Step) Why(d *model.Design) []string {
	var out []string
	for _, e := range s.Grounds() {
		out = append(out, e.Sentence(d))
	}
	if open, _ := s.Open(d); open != "" {
		out = append(out, open)
	}
	for _, x := range s.Denials {
		if line := "though " + x.Sentence(d) + x.place(); !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	for _, c := range s.Assumed {
		out = append(out, "if "+conditionWords(c))
	}
	if s.Note != "" {
		out = append(out, s.Note)
	}
	return out
}

// Sentence is the whole of it as a sentence about whoever is breached: "can delete every object of Receipts except
// old/*, because ShopRole · statement 2 allows s3:* on *, template.yaml:31, though statement 3 …". Each capability has
// its reason; what comes by another principal's hand says by whose. What comes by another function's code or input has
// that function as its subject.
func (h Hit) Sentence(d *model.Design) string {
	s := h.Can(d)
	nearest := h.nearest()
	last := nearest.Last()
	if last == nil {
		return s
	}
	switch {
	case last.owes != nil && last.Kind == Acts:
		s = last.made(d, nearest.Path()[0].From, s)
	case last.From == "" || nearest.Hops == 1:
	case last.Kind == Acts:
		s += " as " + d.Name(last.From)
	case last.Kind == Feeds, last.Kind == Runs:
		s = d.Name(last.From) + " " + s
	}
	var though []string
	said := false
	for _, one := range h.ByWay() {
		step := one.Last()
		reasons, unless := one.reasons(d)
		if len(reasons) > 0 {
			s += ", "
			if said {
				s += "and "
			}
			if one.Certainty == May && h.Certainty == Must {
				s += "perhaps "
			}
			if step.From != last.From {
				s += "as " + d.Name(step.From) + " "
			}
			s += "because " + strings.Join(reasons, ", and ")
			said = true
		}
		s += unless
		for _, x := range one.denials(step) {
			if line := x.Sentence(d) + x.place(); !slices.Contains(though, line) {
				though = append(though, line)
			}
		}
	}
	if len(though) > 0 {
		s += ", though " + few(though)
	}
	return s
}

// made says first what its actor was made, by a start, for an act that "can do something": "can give itself any permission
// and so do it".
func (s Step) made(d *model.Design, start model.ID, can string) string {
	self := false
	var words []string
	for _, o := range s.owes {
		f := d.Function(start)
		self = start == o.To || f != nil && f.Role == o.To || o.To == newPrincipalID
		words = append(words, o.makes(d, self))
	}
	word, rest, _ := strings.Cut(can, " ")
	out := word + " " + list(words) + " and so " + rest
	if !self {
		out += " as " + d.Name(s.From)
	}
	return out
}

// makes says what a step makes of a principal: "give itself any permission".
func (s Step) makes(d *model.Design, self bool) string {
	who, whose := d.Name(s.To), d.Name(s.To)+"'s"
	if self {
		who, whose = "itself", "its own"
	}
	switch c := s.change; {
	case s.To == newPrincipalID && c.stays() != "":
		return "make a new principal that may do anything within " + tail(d.Name(c.bound))
	case s.To == newPrincipalID:
		return "make a new principal that may do anything"
	case c.any:
		return "give " + who + " any permission"
	case c.free:
		return "remove " + whose + " permissions boundary"
	case len(c.tags) > 0 && len(c.given)+len(c.without) == 0:
		var words []string
		for _, t := range c.tags {
			if t.value == nil {
				words = append(words, "without "+t.key)
			} else {
				words = append(words, t.key+" "+t.value[0])
			}
		}
		return "give " + who + " the tag " + list(words)
	case len(c.given) == 0:
		return "remove what denies " + who
	default:
		var names []string
		for _, id := range c.given {
			of, _, version := strings.Cut(string(id), ofVersion)
			name := tail(d.Name(model.ID(of)))
			if version {
				name = "another version of " + name
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return "give " + who + " the permissions of " + few(names)
	}
}

// reasons are the statements of a hit by one way, each with its place and what it takes; unless is what it takes beside.
func (h Hit) reasons(d *model.Design) (reasons []string, unless string) {
	step := h.Last()
	grounds := h.Grounds()
	own, rest := step.takes(grounds, h.Certainty)
	for i, e := range grounds {
		reasons = append(reasons, e.Sentence(d)+e.place()+own[i])
	}
	return reasons, rest
}

// Sentence is a hit as a sentence with its subject: "Shop can delete every object of Receipts, because …".
func (b *Breach) Sentence(d *model.Design, h Hit) string {
	s := h.Sentence(d)
	if by, kind := h.By(); kind != Acts && by != "" && h.nearest().Hops > 1 {
		return s
	}
	return d.Name(b.From) + " " + s
}

// denials are the statements that take a part of an act away, each once.
func (h Hit) denials(last *Step) []Denial {
	var out []Denial
	for _, x := range last.Denials {
		if x.concerns(hits(h.Capabilities)) && !slices.ContainsFunc(out, func(y Denial) bool { return y.From == x.From }) {
			out = append(out, x)
		}
	}
	return out
}

// takes is what a step that is only perhaps takes, ", if aws:SourceIp is in 10.0.0.0/8": of each statement, and beside;
// "" of what is sure.
func (s Step) takes(grounds []Evidence, c Certainty) (own []string, rest string) {
	own = make([]string, len(grounds))
	if c == Must {
		return own, ""
	}
	of := func(e Evidence, c policy.Condition) bool {
		return e.From != nil && e.From.Effect != policy.Deny && slices.ContainsFunc(e.From.Conditions, c.Equal)
	}
	said := false
	for i, e := range grounds {
		if k := slices.IndexFunc(s.Assumed, func(c policy.Condition) bool { return of(e, c) }); k >= 0 {
			own[i], said = ", if "+conditionWords(s.Assumed[k]), true
		}
	}
	for _, c := range s.Assumed {
		if !slices.ContainsFunc(s.Evidence, func(e Evidence) bool { return of(e, c) }) {
			return own, ", if " + conditionWords(c)
		}
	}
	switch {
	case said:
	case len(s.Assumed) > 0:
		rest = ", if " + conditionWords(s.Assumed[0])
	case s.Note != "":
		rest = ", " + s.Note
	}
	return own, rest
}

// Sentence says what a statement allows: "ShopRole · statement 2 (Files) allows s3:* on *".
func (e Evidence) Sentence(d *model.Design) string {
	if e.Policy == "" && e.Layer == policy.LayerIdentity {
		return "its own account's policies, which no source shows, are taken to allow it"
	}
	var b strings.Builder
	b.WriteString(e.Holder(d))
	fmt.Fprintf(&b, " · statement %d", e.Statement+1)
	if e.Sid != "" {
		fmt.Fprintf(&b, " (%s)", e.Sid)
	}
	if e.From == nil {
		return b.String()
	}
	if e.From.Effect == policy.Deny {
		b.WriteString(" denies ")
	} else {
		b.WriteString(" allows ")
	}
	if e.From.NotAction {
		b.WriteString("everything but ")
	}
	b.WriteString(e.actions())
	if len(e.From.Resources) > 0 {
		b.WriteString(" on ")
		if e.From.NotResource {
			b.WriteString("everything but ")
		}
		short := make([]string, len(e.From.Resources))
		for i, r := range e.From.Resources {
			short[i] = tail(r)
		}
		b.WriteString(few(short))
	}
	if len(e.Lets) > 0 {
		b.WriteString(", which rewrites the policy of it")
	}
	return b.String()
}

// actions are the statement's, those first by which the step has what it has: the fewest that give it.
func (e Evidence) actions() string {
	patterns := e.From.Actions
	if len(patterns) <= 3 || e.From.NotAction {
		return few(patterns)
	}
	known := catalog.Load()
	sets := make([]uint64, len(patterns))
	for i, p := range patterns {
		for k, a := range e.Actions {
			switch x := known.Action(a); {
			case matchAction(strings.ToLower(p), strings.ToLower(a)) == never:
			case e.gives == 0:
				sets[i] |= 1 << min(k, 63)
			case x != nil:
				sets[i] |= uint64(x.Capabilities & e.gives)
			}
		}
	}
	first := fewest(sets)
	words := make([]string, 0, len(patterns))
	for _, i := range first {
		words = append(words, patterns[i])
	}
	for _, matching := range [...]bool{true, false} {
		for i, p := range patterns {
			if sets[i] != 0 == matching && !slices.Contains(first, i) {
				words = append(words, p)
			}
		}
	}
	shown := max(2, len(first))
	if len(words)-shown <= 1 {
		return list(words)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:shown], ", "), len(words)-shown)
}

// place is where the statement stands, ", template.yaml:31"; "" where no file has it.
func (e Evidence) place() string {
	if e.Span.File == "" {
		return ""
	}
	return ", " + e.Span.String()
}

// Holder names whose policy a statement stands in: the role or user with an inline policy, and which where it has
// several; else the policy.
func (e Evidence) Holder(d *model.Design) string {
	switch e.Layer {
	case policy.LayerResource:
		switch d.Element(e.Policy).(type) {
		case *model.Role:
			return "trust policy of " + d.Name(e.Policy)
		case nil:
			return "resource policy"
		}
		return "policy of " + d.Name(e.Policy)
	case policy.LayerBoundary:
		return "boundary " + d.Name(e.Policy)
	case policy.LayerIdentity, policy.LayerSession, policy.LayerSCP, policy.LayerRCP, policy.LayerEndpoint, policy.LayerPublicAccess:
	}
	p := d.Policy(e.Policy)
	if p == nil {
		switch e.Layer {
		case policy.LayerSCP, policy.LayerRCP:
			return strings.ToUpper(string(e.Layer))
		case policy.LayerIdentity, policy.LayerResource, policy.LayerBoundary, policy.LayerSession, policy.LayerEndpoint, policy.LayerPublicAccess:
		}
		return string(e.Layer) + " policy"
	}
	if p.Managed {
		return d.Name(p.ID)
	}
	by, policies := e.By, []model.ID(nil)
	if by == "" { // whoever has it first
		for _, r := range d.Roles() {
			if by == "" && slices.Contains(r.Policies, p.ID) {
				by = r.ID
			}
		}
		for _, u := range d.Principals() {
			if by == "" && slices.Contains(u.Policies, p.ID) {
				by = u.ID
			}
		}
	}
	switch x := d.Element(by).(type) {
	case *model.Role:
		policies = x.Policies
	case *model.Principal:
		policies = x.Policies
	default:
		return d.Name(p.ID)
	}
	inline := 0
	for _, x := range policies {
		if q := d.Policy(x); q != nil && !q.Managed {
			inline++
		}
	}
	if inline > 1 {
		return d.Name(by) + " · " + d.Name(p.ID)
	}
	return d.Name(by)
}

// phrase says what a step does: "replaces the code of Mailer".
func (s Step) phrase(d *model.Design) string { return s.onto(d.Name(s.To)) }

// onto says what a step does to what is called by a name, or "it".
func (s Step) onto(name string) string {
	if s.Says == "" {
		return s.Kind.String() + " " + name
	}
	may := ""
	if s.Certainty == May {
		may = "perhaps "
	}
	switch s.Technique {
	case "administrator":
		return may + "may do anything"
	case "iam-create-user", "iam-create-role":
		return may + s.Says
	}
	says := s.Says + " " + name
	if did, then, ok := strings.Cut(s.Says, " of, and "); ok && strings.HasSuffix(then, ",") {
		says = did + " of " + name + " and " + strings.TrimSuffix(then, ",") + " it" // "rewrites the trust policy of deploy and assumes it"
	}
	return may + says + s.narrowed()
}

// narrowed is what filters let pass of a feed: " (only objects in/*.jpg)"; "" for everything.
func (s Step) narrowed() string {
	if s.Only == "" {
		return ""
	}
	return " (only " + s.Only + ")"
}

// NameOf is a name with what it is of: "role deploy", "user ana". Functions and resources have their names alone.
func NameOf(d *model.Design, id model.ID) string {
	name := d.Name(id)
	switch e := d.Element(id).(type) {
	case *model.Role:
		return "role " + name
	case *model.Principal:
		return string(e.Kind) + " " + name
	case *model.Policy:
		return "policy " + name
	}
	return name
}

// Sentence says a step: "replaces the code of Mailer, because DeployRole · statement 1 allows lambda:* on *".
func (s Step) Sentence(d *model.Design) string {
	if s.Kind == Acts {
		return Hit{Target: s.To, Type: typeOf(d, s.To), Capabilities: s.Capabilities, Must: s.Must, Certainty: s.Certainty, Part: s.Part}.Along(&s).Sentence(d)
	}
	grounds := s.Grounds()
	own, rest := s.takes(grounds, s.Certainty)
	out := s.phrase(d)
	for i, e := range grounds {
		out += [...]string{", because ", ", and "}[min(i, 1)] + e.Sentence(d) + e.place() + own[i]
	}
	if open, at := s.Open(d); open != "" {
		out += ", because " + open + Evidence{Span: at}.place()
	}
	return out + rest
}

func typeOf(d *model.Design, id model.ID) string {
	switch e := d.Element(id).(type) {
	case *model.Function:
		return "AWS::Lambda::Function"
	case *model.Role:
		return "AWS::IAM::Role"
	case *model.Resource:
		return e.Type
	case *model.Principal:
		if e.Kind == model.Group {
			return "AWS::IAM::Group"
		}
		return "AWS::IAM::User"
	case *model.Policy:
		return "AWS::IAM::ManagedPolicy"
	}
	return ""
}

// operatorWords are condition operators in words.
var operatorWords = map[string]string{
	"StringEquals": "is", "StringEqualsIgnoreCase": "is", "StringLike": "is like", "ArnEquals": "is", "ArnLike": "is like", "Bool": "is",
	"StringNotEquals": "is not", "StringNotLike": "is not like", "ArnNotEquals": "is not", "ArnNotLike": "is not like",
	"NumericEquals": "is", "NumericLessThan": "is below", "NumericGreaterThan": "is above", "DateLessThan": "is before", "DateGreaterThan": "is after",
	"IpAddress": "is in", "NotIpAddress": "is not in", "Matches": "matches", "NotMatches": "does not match",
}

// conditionWords says a condition: "aws:SourceIp is in 10.0.0.0/8".
func conditionWords(c policy.Condition) string {
	op := c.Operator
	set := ""
	if i := strings.IndexByte(op, ':'); i >= 0 {
		set, op = op[:i], op[i+1:]
	}
	op, _ = strings.CutSuffix(op, "IfExists")
	words := operatorWords[op]
	switch {
	case c.Operator == "Allows" && c.Key == "ResourcePolicy":
		return "the resource's policy, which was not seen, allows it"
	case c.Operator == "Spare" && c.Key == "Denials":
		return "what one's own policies deny on the bucket's name is not denied by its access point's"
	case op == "Null":
		if len(c.Values) == 1 && strings.EqualFold(c.Values[0], "true") {
			return c.Key + " is not given"
		}
		return c.Key + " is given"
	case words == "":
		words = op
	}
	out := c.Key + " " + words + " " + strings.Join(c.Values, " or ")
	if set == "ForAllValues" {
		out = "every " + out
	} else if set == "ForAnyValue" {
		out = "some " + out
	}
	return out
}

// few joins words, three at most.
func few(words []string) string {
	if len(words) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:2], ", "), len(words)-2)
	}
	return list(words)
}

// tail is what of a resource pattern tells people which thing is meant.
func tail(pattern string) string {
	if pattern == "*" {
		return pattern
	}
	return shortARN(pattern)
}
