package reach

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Whoever may write the policy of a resource lets itself in: a resource's policy alone allows within the account. What the
// policy says now, denials among it, does not matter then; all else that denies does, and an RCP or SCP.

// A rewriting is a call that writes the policy of a resource, or adds to it.
type rewriting struct {
	action string   // "sqs:SetQueueAttributes"
	with   string   // what the call takes as well, "" for nothing
	adds   bool     // what the policy says stays: a statement, or a grant, comes in addition
	abroad bool     // whoever is of another account may call it too
	gives  []string // services, or single actions, of which the policy can allow something; nil: the call's own service
	chosen string   // a condition key of the call that the attacker chooses
	values []string // … and what is worth trying for it; "ARN" is its own
	named  bool     // it names the principal by its ARN, which a boundary limits for a role
	listed bool     // it is an access control list, which has to count
	lower  string
}

// rewritings are the calls that write the policies of what holds or moves data, of functions and of APIs. Access control
// lists count where the design has them let everybody in, which new buckets do not. Not among them: access points, whose policies need the bucket's beside them; policies about
// sharing alone.
var rewritings = func() []*rewriting {
	own := func(actions ...string) (out []*rewriting) {
		for _, a := range actions {
			out = append(out, &rewriting{action: a})
		}
		return out
	}
	// "Most API actions", of which these are named; nobody lists lambda:AddPermission as a way to a function's code.
	lambda := rewriting{abroad: true, chosen: "lambda:principal", values: []string{"*", "ARN"}, gives: []string{"lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl", "lambda:GetFunction", "lambda:ListAliases"}}
	put, add := lambda, lambda
	put.action = "lambda:PutResourcePolicy"
	add.action, add.adds = "lambda:AddPermission", true
	secret := rewriting{action: "secretsmanager:PutResourcePolicy", abroad: true, chosen: "secretsmanager:blockpublicpolicy", values: []string{"true", "false"}}
	key := rewriting{action: "kms:PutKeyPolicy", chosen: "kms:bypasspolicylockoutsafetycheck", values: []string{"false", "true"}}
	grant := rewriting{action: "kms:CreateGrant", adds: true, abroad: true, named: true, gives: []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateDataKeyPair",
		"kms:GenerateDataKeyPairWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:Sign", "kms:Verify", "kms:GetPublicKey", "kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey", "kms:GenerateMac", "kms:VerifyMac", "kms:DeriveSharedSecret"}}
	// "Mapping of ACL permissions and access policy permissions": what a list can give to everybody.
	list := rewriting{action: "s3:PutBucketAcl", adds: true, abroad: true, listed: true, gives: []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:PutObject", "s3:GetBucketAcl"}}
	object, version := list, list
	object.action, object.gives = "s3:PutObjectAcl", []string{"s3:GetObject", "s3:GetObjectAcl"}
	version.action, version.gives = "s3:PutObjectVersionAcl", []string{"s3:GetObjectVersion", "s3:GetObjectVersionAcl"}
	all := slices.Concat(own("s3:PutBucketPolicy", "s3express:PutBucketPolicy", "s3tables:PutTableBucketPolicy", "s3tables:PutTablePolicy", "s3vectors:PutVectorBucketPolicy", "sqs:SetQueueAttributes"), []*rewriting{
		{action: "sqs:AddPermission", adds: true},
		{action: "sns:SetTopicAttributes", abroad: true},
		{action: "sns:AddPermission", adds: true, abroad: true},
		&key, &grant, &put, &add, &secret, &list, &object, &version,
		{action: "dynamodb:PutResourcePolicy", abroad: true},
		{action: "kinesis:PutResourcePolicy", gives: []string{"kinesis:PutRecord", "kinesis:PutRecords", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:SubscribeToShard", "kinesis:RegisterStreamConsumer"}},
		{action: putPermission},
		{action: "events:PutResourcePolicy", abroad: true},
		{action: "ecr:SetRepositoryPolicy", abroad: true},
		{action: "codeartifact:PutRepositoryPermissionsPolicy", abroad: true},
		{action: "elasticfilesystem:PutFileSystemPolicy", gives: []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"}},
		{action: "apigateway:UpdateRestApiPolicy", with: "apigateway:PATCH", gives: []string{"execute-api"}},
		{action: "es:UpdateDomainConfig", gives: []string{"es"}},
		{action: "es:UpdateElasticsearchDomainConfig", gives: []string{"es"}},
		{action: "kafka:PutClusterPolicy", gives: []string{"kafka-cluster"}},
	})
	for _, w := range all {
		w.lower = strings.ToLower(w.action)
		if w.gives == nil {
			service, _, _ := strings.Cut(w.action, ":")
			w.gives = []string{service}
		}
	}
	return all
}()

// putPermission is authorized without a resource; who may call it on any bus may on each.
const putPermission = "events:PutPermission"

// A writes is a rewriting as a menu sees it.
type writes struct {
	*rewriting
	bit   int  // of the call; -1 where that is on another form: a bucket's policy is about its objects too
	gives bits // what the policy can allow
}

// newWrites finds the rewritings that give something of a menu.
func (m *menu) newWrites() {
	m.writers = make(bits, m.words)
	for _, w := range rewritings {
		x := writes{rewriting: w, bit: m.bit(w.lower), gives: make(bits, m.words)}
		for i, a := range m.actions {
			if !m.hits.has(i) || !slices.Contains(w.gives, a.Service) && !slices.Contains(w.gives, a.String()) {
				continue
			}
			x.gives.set(i)
		}
		if x.bit >= 0 {
			m.writers.set(x.bit)
		}
		if !x.gives.empty() {
			m.writes = append(m.writes, x)
		}
	}
}

// A ruling is a decision about an action on a target, by the policy that the target has or by one that is written first.
type ruling struct {
	policy.Decision
	by      *rewriting // nil where the policy stays as it is
	tagging *tagging   // nil where the tags stay as they are
	through *entrance  // nil where no access point is asked
}

// truthIn is how surely a decision allows.
func truthIn(d *policy.Decision) truth {
	return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
}

// decide tells whether an actor may do an action on an ARN of a target (-1: of none): as things are, or after it wrote the
// target's policy, where it may and that makes it surer.
func (an *Analysis) decide(a *actor, ti int32, action, arn string, extra policy.Context) ruling {
	best := ruling{Decision: an.direct(a, ti, action, arn, extra)}
	if ti < 0 || best.Must {
		return best
	}
	for _, inlet := range an.world.inlets[ti] {
		if x := an.by(a, ti, inlet, action, arn); truthIn(&x.Decision) > truthIn(&best.Decision) {
			best = x
		}
	}
	for w, at := range an.rewritingsOf(a, ti, action, arn) {
		if truthIn(&best.Decision) == surely {
			break
		}
		was := truthIn(&best.Decision)
		d, named := an.writing(a, ti, w.rewriting, action, at)
		if truthIn(&d) <= was {
			continue
		}
		after := an.afterwards(a, ti, w.rewriting, named, action, arn, extra)
		if truthIn(&after) <= was {
			continue
		}
		x := ruling{Decision: d, by: w.rewriting}
		x.Must = d.Must && after.Must
		x.Assumed = joinConditions(d.Assumed, after.Assumed)
		if truthIn(&x.Decision) > was {
			best = x
		}
	}
	if was := truthIn(&best.Decision); an.asksTags && was != surely && !strings.EqualFold(action, "iam:PassRole") {
		if x, ok := an.retagged(a, ti, action, arn, extra, was); ok {
			return x
		}
	}
	return best
}

// joinConditions is two lists of conditions, without doubles.
func joinConditions(x, y []policy.Condition) []policy.Condition {
	out := slices.Clone(x)
	for _, c := range y {
		if !slices.ContainsFunc(out, c.Equal) {
			out = append(out, c)
		}
	}
	return out
}

// formAt is the form of a target that an ARN is of and an action is about; nil for none.
func (an *Analysis) formAt(ti int32, action, arn string) *form {
	for _, fi := range an.world.targets[ti].forms {
		form := &an.world.forms[fi]
		if form.menu.bit(action) < 0 {
			continue
		}
		if form.witness == arn {
			return form
		}
		if form.space != "" {
			if _, may := policy.Match(form.space, arn); may {
				return form
			}
		}
	}
	return nil
}

// policied reports whether a target has a policy that a rewriting writes, as far as an actor's account goes.
func (t *target) policied(a *actor, w *rewriting) bool {
	return (t.sort == isResource || t.sort == isFunction) && (w.abroad || t.account == a.account) && (!w.listed || t.resource != nil && t.resource.PublicLists)
}

// rewritingsOf goes through the calls by which an actor could come to an action on an ARN of a target, each with the ARN that it
// is on, as far as some Allow may be about the call.
func (an *Analysis) rewritingsOf(a *actor, ti int32, action, arn string) iter.Seq2[*writes, string] {
	return func(yield func(*writes, string) bool) {
		t, lower := &an.world.targets[ti], strings.ToLower(action)
		form := an.formAt(ti, lower, arn)
		if form == nil {
			return
		}
		bit := form.menu.bit(lower)
		for i := range form.menu.writes {
			w := &form.menu.writes[i]
			if !w.gives.has(bit) || !t.policied(a, w.rewriting) {
				continue
			}
			at := arn
			if w.bit < 0 {
				base := an.writtenOn(ti, w.rewriting)
				if base < 0 {
					continue
				}
				at = an.world.forms[base].witness
			}
			if an.speaksFor(a, an.gates[ti], w.lower, at) && !yield(w, at) {
				return
			}
		}
	}
}

// writtenOn is the form of a target that a rewriting is on, the whole of it; -1 for none.
func (an *Analysis) writtenOn(ti int32, w *rewriting) int32 {
	for _, fi := range an.world.targets[ti].forms {
		if an.world.forms[fi].menu.bit(w.lower) >= 0 {
			return fi
		}
	}
	return -1
}

// speaksFor reports whether some Allow of an actor's policies or of a gate is about an action, lower-case, on an ARN.
func (an *Analysis) speaksFor(a *actor, g *gate, action, arn string) bool {
	about := func(s *statement) bool {
		if s.deny || !s.acts(action) {
			return false
		}
		s = a.own(an.world, s)
		return s != nil && s.reaches(arn) != never
	}
	if g != nil && g.answers != nil && slices.ContainsFunc(g.answers.statements, about) {
		return true
	}
	service, _, _ := strings.Cut(action, ":")
	return slices.ContainsFunc(a.identity, func(d *answers) bool { return d.names(service) && slices.ContainsFunc(d.statements, about) })
}

// A draft is what an attacker writes into a rewriting.
type draft struct {
	with  policy.Context
	named bool // it names itself by its ARN
}

// drafts are how an actor could come to an action by a rewriting, what gives most first.
func (w *rewriting) drafts(a *actor, action string) []draft {
	switch {
	case w.named: // a grant, for itself, of the one operation
		_, operation, _ := strings.Cut(action, ":")
		return []draft{{policy.Context{"kms:grantisforawsresource": {"false"}, "kms:grantoperations": {operation}, "kms:granteeprincipal": {a.arn}, "kms:calleraccount": {a.account}}, true}}
	case w.chosen == "":
		return []draft{{}}
	}
	var out []draft
	for _, v := range w.values {
		m := draft{named: v == "ARN"}
		if m.named {
			v = a.arn
		}
		m.with = policy.Context{w.chosen: {v}}
		out = append(out, m)
	}
	return out
}

// writing asks whether an actor may make a call that writes a target's policy, on an ARN of it, for the sake of an action; named
// tells by which name it lets itself in.
func (an *Analysis) writing(a *actor, ti int32, w *rewriting, action, at string) (best policy.Decision, named bool) {
	for i, m := range w.drafts(a, action) {
		d := an.direct(a, ti, w.action, at, m.with)
		if i == 0 || truthIn(&d) > truthIn(&best) {
			best, named = d, m.named
		}
	}
	if w.with != "" && best.Outcome == policy.Allowed {
		d := an.direct(a, ti, w.with, at, nil)
		best.Must = best.Must && d.Must
		best.Outcome = min(best.Outcome, d.Outcome)
		best.Reasons, best.Assumed = slices.Concat(best.Reasons, d.Reasons), joinConditions(best.Assumed, d.Assumed)
	}
	return best, named
}

// letting is a policy that lets somebody do everything, by a name that no implicit denial of a boundary limits: that of a session,
// or of a user.
var letting = &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}, Principals: []policy.Principal{{Kind: "*", Value: "*"}}}}}

var lettingProgram = sync.OnceValue(func() *policy.Program { return program(letting) })

// afterwards asks what would be where an actor had written a target's policy.
func (an *Analysis) afterwards(a *actor, ti int32, w *rewriting, named bool, action, arn string, extra policy.Context) policy.Decision {
	t, g := &an.world.targets[ti], an.gates[ti]
	req := policy.Request{Principal: a.principal(), Action: action, Resource: arn, ResourceAccount: t.account, Open: true, Absent: a.absent}
	stays := w.adds && g != nil
	switch {
	case named:
		doc := *letting
		st := *letting.Statements[0]
		st.Principals = []policy.Principal{{Kind: "AWS", Value: a.arn}}
		doc.Statements = []*policy.Statement{&st}
		req.ResourcePolicy = program(&doc)
		if stays && g.answers != nil {
			req.ResourcePolicy = policy.Join(req.ResourcePolicy, g.answers.program())
		}
	case stays && g.answers != nil:
		req.ResourcePolicy = g.opened()
	default:
		req.ResourcePolicy = lettingProgram()
	}
	req.PolicyUnseen = stays && g.unseen
	if t.resource != nil {
		req.S3.BlockPublicAccess = t.resource.BlockPublicAccess
	}
	return an.answer(a, t, t, req, extra)
}

// opened is the gate's policy with a statement that lets the caller do everything.
func (g *gate) opened() *policy.Program {
	g.once.Do(func() { g.open = policy.Join(lettingProgram(), g.answers.program()) })
	return g.open
}

// rewrite adds to a finding what the actor comes to by writing the target's policy. parts are those that statements name.
func (an *Analysis) rewrite(a *actor, f *finding, parts []match) {
	w := an.world
	t := &w.targets[f.target]
	if t.sort != isResource && t.sort != isFunction {
		return
	}
	held := func(xs []allowance) bool {
		return slices.ContainsFunc(xs, func(x allowance) bool { return x.may.meets(w.forms[x.form].menu.writers) })
	}
	if !held(f.whole) && !held(f.parts) {
		return
	}
	was := &finding{target: f.target, whole: slices.Clone(f.whole), parts: slices.Clone(f.parts)}
	for _, fi := range t.forms {
		form := &w.forms[fi]
		var some []match // parts of the form
		if form.space != "" && len(form.menu.writes) > 0 {
			some = w.partsWorthALook(a, fi, parts, an.gates[f.target])
		}
		for i := range form.menu.writes {
			x := &form.menu.writes[i]
			if !t.policied(a, x.rewriting) {
				continue
			}
			base := fi
			if x.bit < 0 {
				if base = an.writtenOn(f.target, x.rewriting); base < 0 {
					continue
				}
			}
			an.rewriteOn(a, f, was, fi, match{}, x, base)
			for _, p := range some {
				an.rewriteOn(a, f, was, fi, p, x, base)
			}
		}
	}
	f.inOrder()
}

// inOrder puts a finding in the order of the forms.
func (f *finding) inOrder() {
	byForm := func(x, y allowance) int { return int(x.form - y.form) }
	slices.SortStableFunc(f.whole, byForm)
	slices.SortStableFunc(f.parts, byForm)
}

// on is what a finding says of a form, or of a part of it; nil for nothing.
func (f *finding) on(form int32, part string) *allowance {
	xs := f.whole
	if part != "" {
		xs = f.parts
	}
	for i := range xs {
		if xs[i].form == form && xs[i].part.part == part {
			return &xs[i]
		}
	}
	return nil
}

// rewriteOn adds to a finding that was another what the actor comes to on a form, or on a part of it, by a rewriting on the form
// base.
func (an *Analysis) rewriteOn(a *actor, f, was *finding, fi int32, p match, x *writes, base int32) {
	form := &an.world.forms[fi]
	call, arn := was.on(base, ""), cmp.Or(p.part, form.witness)
	at := an.world.forms[base].witness
	if x.bit >= 0 && p.part != "" {
		call, at = was.on(fi, p.part), arn
	}
	bit := an.world.forms[base].menu.bit(x.lower)
	if call == nil || !call.may.has(bit) {
		return
	}
	// Where it is perhaps, it is asked for with what the attacker chooses.
	d, named, each := policy.Decision{Outcome: policy.Allowed, Must: true}, x.named, false
	switch {
	case call.must.has(bit) && x.with == "":
	case x.named:
		each = true // with what is to be done
	default:
		if d, named = an.writing(a, f.target, x.rewriting, x.action, at); d.Outcome != policy.Allowed {
			return
		}
	}
	had := f.on(fi, p.part)
	missing := slices.Clone(x.gives)
	for i := range missing {
		if all := f.on(fi, ""); p.part != "" && all != nil {
			missing[i] &^= all.must[i] // the part has it as well
		}
		if had == nil {
			continue
		}
		missing[i] &^= had.must[i]
		if !d.Must {
			missing[i] &^= had.may[i]
		}
	}
	if missing.empty() {
		return
	}
	ask := func(action string) truth {
		d, named := d, named
		if each {
			d, named = an.writing(a, f.target, x.rewriting, action, at)
		}
		if d.Outcome != policy.Allowed {
			return never
		}
		after := an.afterwards(a, f.target, x.rewriting, named, action, arn, nil)
		return min(truthIn(&d), truthIn(&after))
	}
	must, may := make(bits, form.menu.words), make(bits, form.menu.words)
	if each {
		for i, action := range form.menu.actions {
			if missing.has(i) {
				switch ask(action.String()) {
				case surely:
					must.set(i)
					fallthrough
				case perhaps:
					may.set(i)
				case never:
				}
			}
		}
	} else {
		must, may = an.judgeBy(a, f.target, form.menu, missing, ask)
	}
	f.give(fi, p, must, may)
}

// give adds actions to what a finding says of a form, or of a part of it, that are the actor's by writing the policy.
func (f *finding) give(form int32, p match, must, may bits) {
	if may.empty() {
		return
	}
	x := f.at(form, p, len(may))
	if x.given == nil {
		x.given = make(bits, len(may))
	}
	for i := range may {
		x.given[i] |= may[i]&^x.may[i] | must[i]&^x.must[i]
		x.must[i] |= must[i]
		x.may[i] |= may[i]
	}
}

// add adds actions to what a finding says of a form, or of a part of it.
func (f *finding) add(form int32, p match, must, may bits) {
	if may.empty() {
		return
	}
	x := f.at(form, p, len(may))
	for i := range may {
		x.must[i] |= must[i]
		x.may[i] |= may[i]
	}
}

// at is what a finding says of a form, or of a part of it, to be written.
func (f *finding) at(form int32, p match, words int) *allowance {
	xs := &f.whole
	if p.part != "" {
		xs = &f.parts
	}
	x := f.on(form, p.part)
	if x == nil {
		*xs = append(*xs, allowance{form: form, part: p, must: make(bits, words), may: make(bits, words)})
		x = &(*xs)[len(*xs)-1]
	}
	// What was found before may be somebody else's to write.
	x.must, x.may = slices.Clone(x.must), slices.Clone(x.may)
	return x
}

// isBy reports whether an action is allowed in the way that a technique is about: of two that lead to the same, one writes the
// policy first.
func (x *allowance) isBy(p *plan, action int) bool {
	return p.route != feeding || (x.given != nil && x.given.has(action)) == p.lets
}

// writesPolicies reports whether an action is a rewriting's.
func writesPolicies(action string) bool {
	return slices.ContainsFunc(rewritings, func(w *rewriting) bool { return w.action == action || w.with == action })
}

// replaces reports whether an actor surely puts another policy in the place of a target's, as a finding has it: what that one denies
// is no more.
func (an *Analysis) replaces(a *actor, f *finding) bool {
	t := &an.world.targets[f.target]
	return slices.ContainsFunc(f.whole, func(x allowance) bool {
		return slices.ContainsFunc(an.world.forms[x.form].menu.writes, func(w writes) bool { return w.bit >= 0 && !w.adds && t.policied(a, w.rewriting) && x.must.has(w.bit) })
	})
}

// writingStep is the step by which an actor, met at a node, writes a target's policy.
func (an *Analysis) writingStep(n, ti int32, r *ruling) *Step {
	c := &account{an: an, actor: an.actors[an.actorOf[n]]}
	c.note(*r, ti)
	if r.tagging != nil {
		step := &Step{From: an.nodes[n].id, To: an.world.targets[ti].id, Kind: Acts, Certainty: certainty(r.Must), Capabilities: catalog.Capabilities(0).With(catalog.Tag)}
		if r.Must {
			step.Must = step.Capabilities
		}
		step.Actions, step.Evidence, step.Assumed = c.by, c.reasons(), c.assumed
		step.explain()
		return step
	}
	changes := catalog.Capabilities(0).With(catalog.Permissions)
	step := &Step{From: an.nodes[n].id, To: an.world.targets[ti].id, Kind: Acts, Capabilities: changes, Certainty: certainty(r.Must)}
	if r.Must {
		step.Must = changes
	}
	step.Actions = slices.Sorted(slices.Values(c.by))
	step.Evidence, step.Assumed = c.reasons(), c.assumed
	step.explain()
	return step
}
