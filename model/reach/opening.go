package reach

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// OpeningKind says who gets in by an opening.
type OpeningKind uint8

// The kinds of opening, widest first.
const (
	ToAnyone    OpeningKind = iota // with or without an AWS account
	ToFederated                    // whoever an identity provider knows
	ToDeputy                       // anybody's resource, by a service that acts for whoever asks
	ToAccount                      // principals of another account
)

// String is the word used in JSON and text: anyone, federated, deputy, account.
func (k OpeningKind) String() string {
	return [...]string{"anyone", "federated", "deputy", "account"}[k]
}

// An Opening is a way in from outside the account that a resource or trust policy, or a route without authorizer,
// leaves. A service that is let in without a condition on whose resource it acts for is a confused deputy (IAM User
// Guide, "The confused deputy problem", cross-service).
type Opening struct {
	On        model.ID // function, role or resource
	Kind      OpeningKind
	Principal string // as the policy names it; "*"
	Trigger   model.ID
	Certainty Certainty
	Evidence  []Evidence // none for a route
	Assumed   []policy.Condition
	Note      string // why it is only perhaps, where no condition says it

	organization string // of whose other accounts' resources a service acts for, by id or path; "" for anybody's
}

// Sentence says who gets in, and by which statement: "s3.amazonaws.com may start it for anybody's resources, because policy of
// Mailer · statement 1 allows lambda:InvokeFunction on Mailer, template.yaml:12".
func (o Opening) Sentence(d *model.Design) string {
	what := "call "
	if d.Role(o.On) != nil {
		what = "assume "
	} else if d.Resource(o.On) != nil {
		what = "use "
	}
	what += d.Name(o.On)
	out := ""
	switch o.Kind {
	case ToAnyone:
		can := "anyone can "
		if o.Certainty == May {
			can = "anyone may "
		}
		out = can + what
		if t := d.Trigger(o.Trigger); t != nil && t.Keyed {
			out = t.OpenTo() + " can " + what + " by " + d.Name(o.Trigger)
		} else if t != nil {
			out += " by " + d.Name(o.Trigger) + ", which asks for no credentials"
		}
	case ToFederated:
		out = "users of " + o.Principal[strings.LastIndexByte(o.Principal, '/')+1:] + " can " + what
	case ToDeputy:
		out = o.Principal + " can " + what + " for whoever asks it to: no condition says for whose resources"
	case ToAccount:
		if strings.HasPrefix(o.Principal, "o-") || o.organization != "" {
			out = "other accounts of the organization " + cmp.Or(o.organization, o.Principal) + " can " + what
			if o.organization != "" {
				out += " by " + o.Principal
			}
			break
		}
		out = "account " + cmp.Or(accountOf(accountARN(o.Principal)), "of the organization") + " can " + what
	}
	if len(o.Evidence) > 0 {
		out += ", because " + o.Evidence[0].Sentence(d) + o.Evidence[0].place()
	}
	if o.Certainty == May && len(o.Assumed) > 0 {
		out += ", if " + conditionWords(o.Assumed[0])
	}
	if o.Note != "" {
		out += ", " + o.Note
	}
	return out
}

// Whoever calls by himself carries no service's keys, and who is nobody's principal none of a principal's.
var (
	aloneLacks  = []string{"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:principalservicename"}
	nobodyLacks = append([]string{"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"}, aloneLacks...)
)

// somebody is an account that is nobody's of the design.
const somebody = "000000000000"

// Openings lists the ways in, by the order of the design.
func (an *Analysis) Openings() []Opening {
	var out []Opening
	for i := range an.world.targets {
		out = append(out, an.openings(int32(i))...)
	}
	return out
}

// OpeningsOn lists the ways in to one element.
func (an *Analysis) OpeningsOn(id model.ID) []Opening {
	if ti := an.world.target(id); ti >= 0 {
		return an.openings(ti)
	}
	return nil
}

func (an *Analysis) openings(ti int32) []Opening {
	t := &an.world.targets[ti]
	var out []Opening
	for _, i := range an.triggersTo[t.id] {
		tr := an.triggers[i]
		if !tr.Open {
			continue
		}
		o := Opening{On: t.id, Kind: ToAnyone, Principal: "*", Trigger: tr.ID, Certainty: certainty(!tr.Keyed)}
		if tr.Kind == "function-url" {
			v, note := an.anyoneCalls(tr)
			if v == never {
				continue
			}
			o.Certainty, o.Note = certainty(v == surely), note
		}
		out = append(out, o)
	}
	doc := an.resourcePolicy(ti)
	if doc == nil {
		return out
	}
	gate := program(doc)
	for _, s := range an.answers(doc).statements {
		if s.deny {
			continue
		}
		for _, p := range lets(s.from) {
			if o, ok := an.opening(ti, gate, s, p); ok && !slices.ContainsFunc(out, func(x Opening) bool {
				return x.Trigger == "" && x.Kind == o.Kind && x.Principal == o.Principal && x.Certainty <= o.Certainty
			}) {
				out = append(out, o)
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Opening) int { return cmp.Compare(x.Kind, y.Kind) })
	return out
}

// resourcePolicy is the policy of a target itself: a function's or resource's, a role's trust policy; nil for none.
func (an *Analysis) resourcePolicy(ti int32) *policy.Document {
	return model.PolicyOf(an.design.Element(an.world.targets[ti].id))
}

// opening asks whether a statement lets one of its principals in for somebody outside the account.
func (an *Analysis) opening(ti int32, gate *policy.Program, s *statement, p policy.Principal) (Opening, bool) {
	t := &an.world.targets[ti]
	o := Opening{On: t.id, Principal: p.Value}
	req := policy.Request{ResourceAccount: t.account, Open: true, ResourcePolicy: gate, Context: policy.Context{}}
	if t.resource != nil {
		req.S3.BlockPublicAccess = t.resource.BlockPublicAccess
	}
	stranger := &policy.Stack{Identity: program(everything)}
	switch {
	case p.Value == "*":
		o.Kind, req.Principal, req.Absent = ToAnyone, "anonymous", nobodyLacks
		if an.ask(&o, ti, s, &policy.Stack{}, req, []string{""}) {
			return o, true
		}
		o.Kind, req.Principal, req.Absent = ToAccount, "arn:aws:iam::"+somebody+":role/"+anyName, aloneLacks
		for _, org := range organizations(s.from) {
			o.Principal, req.Context = org, member(org)
			if an.ask(&o, ti, s, stranger, req, []string{""}) {
				return o, true
			}
		}
		o.Principal, req.Context = p.Value, policy.Context{}
		return o, an.ask(&o, ti, s, stranger, req, []string{""})
	case p.Kind == "Federated":
		o.Kind, req.Principal, req.Absent = ToFederated, p.Value, aloneLacks
		return o, an.ask(&o, ti, s, &policy.Stack{}, req, []string{""})
	case p.Kind == "Service" && t.sort != isRole: // a role's is guarded by iam:PassRole
		o.Kind, req.Principal = ToDeputy, p.Value
		if an.ask(&o, ti, s, &policy.Stack{}, req, foreignSources(s.from)) {
			return o, true
		}
		for _, org := range wanted(s.from, "aws:sourceorgid", "aws:sourceorgpaths") {
			o.Kind, o.organization = ToAccount, org
			if an.ask(&o, ti, s, &policy.Stack{}, req, foreignSources(s.from)) {
				return o, true
			}
		}
		return o, false
	case p.Kind == "AWS" && foreign(accountARN(p.Value), t.account) != "":
		o.Kind, req.Absent = ToAccount, aloneLacks
		req.Principal = strings.Replace(accountARN(p.Value), ":root", ":role/"+anyName, 1)
		return o, an.ask(&o, ti, s, stranger, req, []string{""})
	}
	return o, false
}

// ask asks about the statement's actions, for a deputy on behalf of each of somebody's sources, and keeps the surest
// answer; it is false where all are refused.
func (an *Analysis) ask(o *Opening, ti int32, s *statement, stack *policy.Stack, req policy.Request, sources []string) bool {
	t := &an.world.targets[ti]
	best := never
	who := &actor{profile: profile{context: req.Context, absent: req.Absent}}
	if s = who.own(an.world, s); s == nil {
		return false
	}
	for _, arn := range sources {
		if o.Kind == ToDeputy || o.organization != "" {
			org := cmp.Or(o.organization, "o-somebody/")
			id, _, _ := strings.Cut(org, "/")
			req.Context = policy.Context{"aws:sourceaccount": {somebody}, "aws:sourceowner": {somebody}, "aws:sourceorgid": {instance(id)}, "aws:sourceorgpaths": {instance(org)}}
			if arn != "" {
				req.Context["aws:sourcearn"] = []string{arn}
			}
		}
		for _, fi := range t.forms {
			form := &an.world.forms[fi]
			b, v := s.on(fi, form.menu)
			if v == never {
				continue
			}
			for i, action := range form.menu.actions {
				if best == surely || !b.may.has(i) || !admits(t, action.String(), o.Kind) {
					continue
				}
				req.Action, req.Resource = action.String(), form.witness
				d := stack.Evaluate(req)
				if v := truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed); v > best {
					best = v
					c := &account{an: an, actor: who}
					c.note(ruling{Decision: d}, ti, req.Action)
					o.Evidence, o.Assumed = slices.DeleteFunc(c.reasons(), func(e Evidence) bool { return e.Layer != policy.LayerResource }), c.assumed
				}
			}
		}
	}
	o.Certainty = certainty(best == surely)
	return best != never
}

// admits reports whether an opening of a kind may be by an action on a target: of a role, by those that give its
// credentials.
func admits(t *target, action string, kind OpeningKind) bool {
	if t.sort != isRole {
		return true
	}
	switch strings.ToLower(action) {
	case "sts:assumerole":
		return kind != ToFederated
	case "sts:assumerolewithwebidentity", "sts:assumerolewithsaml":
		return kind == ToFederated
	}
	return false
}

// accountARN is a principal as an ARN where it is an account's number.
func accountARN(p string) string {
	if len(p) == 12 && strings.Trim(p, "0123456789") == "" {
		return "arn:aws:iam::" + p + ":root"
	}
	return p
}

// foreignSources are ARNs of somebody else's that a statement's conditions on aws:SourceArn let pass, if any can; ""
// stands for any.
func foreignSources(s *policy.Statement) []string {
	var patterns []string
	asked := false
	for _, c := range s.Conditions {
		if strings.EqualFold(c.Key, "aws:SourceArn") {
			asked = true
			patterns = append(patterns, c.Values...)
		}
	}
	out := []string{""}
	if asked {
		out = []string{"arn:aws:service:us-east-1:" + somebody + ":" + anyName}
	}
	for _, p := range patterns {
		f := strings.SplitN(p, ":", 6)
		if len(f) < 6 {
			continue // such as "*", which the one above passes
		}
		if f[4] == "" && !strings.HasPrefix(f[5], "*") {
			continue // a bucket's name, and nobody else can have that
		}
		if f[4] != "" {
			if _, may := policy.Match(f[4], somebody); !may {
				continue
			}
			f[4] = somebody
		}
		out = append(out, instance(strings.Join(f, ":")))
	}
	return out
}
