package reach

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Random designs: a few functions, roles and a user with policies from a pool that is biased to what is tricky.

var (
	actionPool = []string{"*", "s3:*", "s3:GetObject", "s3:Get*", "s3:PutObject", "s3:DeleteBucket", "dynamodb:*", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
		"sqs:SendMessage", "sqs:*", "kms:Decrypt", "kms:*", "secretsmanager:GetSecretValue", "lambda:InvokeFunction", "lambda:UpdateFunctionCode", "lambda:*",
		"lambda:CreateFunction", "iam:PassRole", "iam:PutRolePolicy", "iam:*", "iam:CreateAccessKey", "sts:AssumeRole", "sts:*", "logs:*", "logs:PutLogEvents",
		"${Action}", "s3:${Verb}Object", "${Service}:*"}
	resourcePool = []string{"*", "arn:aws:s3:::data", "arn:aws:s3:::data/*", "arn:aws:s3:::data/in/*", "arn:aws:s3:::d*", "arn:aws:s3:::*/in/*", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*",
		"arn:aws:dynamodb:*:*:table/T*", "arn:aws:dynamodb:us-east-1:" + testAccount + ":table/T", "arn:aws:dynamodb:us-east-1:" + testAccount + ":table/T/index/*", "arn:aws:dynamodb:us-east-1:" + testAccount + ":table/${Unknown}",
		"arn:aws:sqs:us-east-1:" + testAccount + ":Q", "arn:aws:kms:us-east-1:" + testAccount + ":key/k", "arn:aws:secretsmanager:*:*:secret:S-??????",
		functionARN("A"), functionARN("*"), functionARN("A") + ":*", roleARN("*"), roleARN("ARole"), roleARN("BRole"), roleARN("Deploy"), userARN("${aws:username}"), userARN("*"), "arn:aws:logs:*:*:*",
		"${Unknown}", "arn:aws:s3:::${Bucket}/*", "arn:aws:s3:::data/${Prefix}/*", roleARN("${Name}")}
	conditionPool = []string{"", "", "", "", "",
		`, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "shop"}}`,
		`, "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}`,
		`, "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}`,
		`, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`,
		`, "Condition": {"Bool": {"aws:SecureTransport": "false"}}`,
		`, "Condition": {"ArnLike": {"aws:PrincipalArn": "` + roleARN("A*") + `"}}`,
		`, "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": "` + functionARN("A") + `"}}`,
		`, "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}`,
		`, "Condition": {"Null": {"aws:MultiFactorAuthPresent": "true"}}`,
		`, "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}`,
		`, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${Team}"}}`,
		`, "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": ["${Team}", "ops"]}}`,
		`, "Condition": {"ArnLike": {"aws:PrincipalArn": "` + roleARN("${Name}") + `"}}`,
		`, "Condition": {"StringEquals": {"aws:UserAgent": "x"}}`,
		`, "Condition": {"StringNotEquals": {"aws:UserAgent": ["x", "y"]}}`,
	}
	principalPool = []string{`"*"`, `{"AWS": "arn:aws:iam::` + testAccount + `:root"}`, `{"AWS": "` + roleARN("ARole") + `"}`, `{"AWS": ["` + roleARN("BRole") + `", "` + userARN("U") + `"]}`,
		`{"Service": "lambda.amazonaws.com"}`, `{"AWS": "arn:aws:sts::` + testAccount + `:assumed-role/ARole/A"}`,
		`{"AWS": "${Caller}"}`, `{"AWS": "` + roleARN("${Name}") + `"}`}
)

func drawStatement(t *rapid.T, label string) string {
	effect := rapid.SampledFrom([]string{"Allow", "Allow", "Allow", "Deny"}).Draw(t, label+" effect")
	actions := rapid.SliceOfNDistinct(rapid.SampledFrom(actionPool), 1, 3, rapid.ID).Draw(t, label+" actions")
	resources := rapid.SliceOfNDistinct(rapid.SampledFrom(resourcePool), 1, 3, rapid.ID).Draw(t, label+" resources")
	action, resource := "Action", "Resource"
	switch rapid.IntRange(0, 11).Draw(t, label+" not") {
	case 0:
		action = "NotAction"
	case 1:
		resource = "NotResource"
	}
	return fmt.Sprintf(`{"Effect": %q, %q: %s, %q: %s%s}`, effect, action, quoted(strings.Join(actions, " ")), resource, quoted(strings.Join(resources, " ")), rapid.SampledFrom(conditionPool).Draw(t, label+" condition"))
}

func drawStatements(t *rapid.T, label string, low, high int) []string {
	n := rapid.IntRange(low, high).Draw(t, label+" statements")
	var out []string
	for i := range n {
		out = append(out, drawStatement(t, fmt.Sprintf("%s %d", label, i)))
	}
	return out
}

func drawResourcePolicy(t *rapid.T, label, actions, resource string) string {
	effect := rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, label+" effect")
	principal := "Principal"
	if effect == "Deny" && rapid.IntRange(0, 4).Draw(t, label+" not") == 0 {
		principal = "NotPrincipal"
	}
	return fmt.Sprintf(`{"Effect": %q, %q: %s, "Action": %q, "Resource": %q%s}`, effect, principal, rapid.SampledFrom(principalPool).Draw(t, label+" principal"), actions, resource,
		rapid.SampledFrom(conditionPool[:9]).Draw(t, label+" condition"))
}

// A plan of a random design: what can be varied, statement by statement.
type drawn struct {
	identity map[string][]string // role or user → statements
	boundary map[string][]string // the policies are always there
	bounded  map[string]bool
	bucket   []string
	key      []string
	trust    map[string]string
	encrypt  bool
	tags     map[string]string // role → team
	scps     [][]string        // levels
	rcps     []string
	wide     *wide // nil for none
}

// A wide is what a random design has beside one account's functions, roles and user: a group, another account, and more that
// starts functions.
type wide struct {
	member   bool     // the user is in the group
	bucket   []string // policy of the other account's bucket
	triggers []drawnTrigger
}

type drawnTrigger struct {
	from, to model.ID
	kind     string
	bus      string
	filter   model.Filter
}

const (
	farAccount = "999999999999"
	projectARN = "arn:aws:codebuild:us-east-1:" + testAccount + ":project/P"
)

func farARN(rest string) string { return "arn:aws:iam::" + farAccount + ":" + rest }

// farPool is what policies of a wide design may name beside the pools.
var (
	farResources = []string{farARN("role/Far"), farARN("role/*"), "arn:aws:s3:::far/*", "arn:aws:sns:us-east-1:" + testAccount + ":N", "arn:aws:events:us-east-1:" + testAccount + ":event-bus/*", "arn:aws:iam::" + testAccount + ":group/G", projectARN}
	farActions   = []string{"sts:AssumeRole", "sns:Publish", "events:PutEvents", "iam:AddUserToGroup", "iam:PutGroupPolicy", "s3:PutObject", "sqs:SendMessage", "dynamodb:PutItem", "codebuild:StartBuild"}
	farTrusts    = []string{lambdaTrust, `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::` + testAccount + `:root"}, "Action": "sts:AssumeRole"}`, `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN("ARole") + `"}, "Action": "sts:AssumeRole"}`,
		`{"Effect": "Allow", "Principal": {"AWS": "` + testAccount + `"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}`, `{"Effect": "Allow", "Principal": {"AWS": "` + farARN("root") + `"}, "Action": "sts:AssumeRole"}`}
	farPrincipals = []string{`{"AWS": "arn:aws:iam::` + testAccount + `:root"}`, `{"AWS": "` + roleARN("BRole") + `"}`, `"*"`, `{"AWS": "` + farARN("role/Far") + `"}`}
)

func drawWide(t *rapid.T, d *drawn) *wide {
	x := &wide{member: rapid.Bool().Draw(t, "member")}
	statement := func(label string) string {
		return fmt.Sprintf(`{"Effect": %q, "Action": %q, "Resource": %q%s}`, rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, label+" effect"), rapid.SampledFrom(farActions).Draw(t, label+" action"),
			rapid.SampledFrom(append(farResources, "*")).Draw(t, label+" resource"), rapid.SampledFrom(conditionPool).Draw(t, label+" condition"))
	}
	for _, holder := range []string{"ARole", "U", "G", "Far"} {
		for i := range rapid.IntRange(0, 2).Draw(t, holder+" more") {
			d.identity[holder] = append(d.identity[holder], statement(fmt.Sprintf("%s more %d", holder, i)))
		}
	}
	for _, holder := range []string{"G", "Far"} {
		d.identity[holder] = append(d.identity[holder], drawStatements(t, holder, 0, 2)...)
	}
	d.trust["Far"] = rapid.SampledFrom(farTrusts).Draw(t, "far trust")
	for i := range rapid.IntRange(0, 2).Draw(t, "far bucket") {
		label := fmt.Sprintf("far bucket %d", i)
		x.bucket = append(x.bucket, fmt.Sprintf(`{"Effect": %q, "Principal": %s, "Action": "s3:*", "Resource": "arn:aws:s3:::far/*"}`, rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, label+" effect"), rapid.SampledFrom(farPrincipals).Draw(t, label+" principal")))
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "triggers") {
		x.triggers = append(x.triggers, drawTrigger(t, fmt.Sprintf("trigger %d", i)))
	}
	return x
}

func drawTrigger(t *rapid.T, label string) drawnTrigger {
	x := drawnTrigger{to: rapid.SampledFrom([]model.ID{"fn/A", "fn/A2", "fn/B", "res/Q"}).Draw(t, label+" to")}
	pick := func(what string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label+" "+what) }
	switch x.kind = pick("kind", "s3-notification", "event-source-mapping", "sns-subscription", "event-rule", "api-route"); x.kind {
	case "s3-notification":
		x.from = model.ID(pick("from", "res/data", "res/far"))
		x.filter = model.Filter{Prefix: pick("prefix", "", "in/", "in/old/", "out/"), Suffix: pick("suffix", "", ".jpg"), Events: []string{pick("event", "s3:ObjectCreated:*", "s3:ObjectRemoved:*")}}
	case "event-source-mapping":
		x.from = "res/T"
		x.filter.Pattern = pick("pattern", "", `{"eventName": ["INSERT"]}`, `{"eventName": ["REMOVE"]}`, `{"dynamodb": {"NewImage": {"kind": {"S": ["order"]}}}}`)
	case "sns-subscription":
		x.from = "res/N"
		x.filter.Pattern = pick("pattern", "", `{"store": ["a"]}`)
	case "event-rule":
		x.bus = pick("bus", "", "", "arn:aws:events:us-east-1:"+testAccount+":event-bus/other")
		x.filter.Pattern = pick("pattern", `{"source": ["shop"]}`, `{"source": ["aws.s3"]}`, `{"source": [{"prefix": "s"}], "detail": {"n": [{"numeric": [">", 1]}]}}`)
	case "api-route":
	}
	return x
}

// put puts the rest of a design.
func (x *wide) put(t testing.TB, b *builder, d *drawn, inline func(string) []string) {
	g := b.user("G", inline("G")...)
	g.ID, g.Kind, g.ARN = "group/G", model.Group, "arn:aws:iam::"+testAccount+":group/G"
	if x.member {
		b.element("user/U").(*model.Principal).Groups = []model.ID{g.ID}
	}
	far := b.role("Far", d.trust["Far"], inline("Far")...)
	far.ARN = farARN("role/Far")
	bucket := b.bucket("far")
	bucket.Account = farAccount
	if len(x.bucket) > 0 {
		bucket.Policy = document(t, strings.Join(x.bucket, ", "))
	}
	b.resource("AWS::SNS::Topic", "N")
	project := b.resource("AWS::CodeBuild::Project", "P")
	project.ARN, project.Role = projectARN, "role/Deploy"
	for _, y := range x.triggers {
		tr := b.trigger(y.from, y.to, y.kind)
		tr.Bus, tr.Filter = y.bus, y.filter
	}
}

func drawDesign(t *rapid.T) *drawn {
	d := &drawn{identity: map[string][]string{}, boundary: map[string][]string{}, bounded: map[string]bool{}, trust: map[string]string{}, tags: map[string]string{}}
	for _, r := range []string{"ARole", "BRole", "Deploy", "U"} {
		d.identity[r] = drawStatements(t, r, 0, 3)
		d.boundary[r] = drawStatements(t, r+" boundary", 1, 2)
		d.bounded[r] = rapid.IntRange(0, 3).Draw(t, r+" bounded") == 0
		d.tags[r] = rapid.SampledFrom([]string{"", "shop", "other"}).Draw(t, r+" team")
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "bucket policy") {
		d.bucket = append(d.bucket, drawResourcePolicy(t, fmt.Sprintf("bucket %d", i), "s3:*", rapid.SampledFrom([]string{"arn:aws:s3:::data", "arn:aws:s3:::data/*", "arn:aws:s3:::data/in/*", "arn:aws:s3:::data/${aws:username}/*", "arn:aws:s3:::${aws:PrincipalTag/team}*"}).Draw(t, fmt.Sprintf("bucket %d resource", i))))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "key policy") {
		d.key = append(d.key, drawResourcePolicy(t, fmt.Sprintf("key %d", i), "kms:*", "*"))
	}
	d.trust["Deploy"] = rapid.SampledFrom([]string{lambdaTrust, rootTrust, trusts("codebuild.amazonaws.com"), `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN("ARole") + `"}, "Action": "sts:AssumeRole"}`, trusts("ec2.amazonaws.com")}).Draw(t, "trust")
	d.encrypt = rapid.Bool().Draw(t, "encrypted")
	for i := range max(0, rapid.IntRange(-3, 2).Draw(t, "SCP levels")) {
		d.scps = append(d.scps, drawLevel(t, fmt.Sprintf("SCP level %d", i)))
	}
	if rapid.IntRange(0, 3).Draw(t, "RCP") == 0 {
		d.rcps = []string{drawControl(t, "RCP")}
	}
	if rapid.IntRange(0, 2).Draw(t, "wide") == 0 {
		d.wide = drawWide(t, d)
	}
	return d
}

// fullAccess is what AWS attaches at each level at first.
const fullAccess = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`

func drawLevel(t *rapid.T, label string) []string {
	out := drawStatements(t, label, 0, 2)
	if rapid.IntRange(0, 2).Draw(t, label+" full") > 0 {
		out = append(out, fullAccess)
	}
	return out
}

// drawControl is a statement of an RCP: a denial to everybody.
func drawControl(t *rapid.T, label string) string {
	return fmt.Sprintf(`{"Effect": "Deny", "Principal": "*", "Action": %q, "Resource": %q%s}`, rapid.SampledFrom([]string{"*", "s3:*", "s3:GetObject", "sqs:*", "kms:*", "secretsmanager:*", "sts:*", "lambda:*"}).Draw(t, label+" action"),
		rapid.SampledFrom(resourcePool).Draw(t, label+" resource"), rapid.SampledFrom(conditionPool).Draw(t, label+" condition"))
}

// guardrails are what the organization sets the account.
func (d *drawn) guardrails(t testing.TB) map[string]model.Guardrails {
	if len(d.scps)+len(d.rcps) == 0 {
		return nil
	}
	var g model.Guardrails
	for _, level := range d.scps {
		l := model.Level{}
		for _, s := range level {
			l.Policies = append(l.Policies, document(t, s))
		}
		g.SCPs = append(g.SCPs, l)
	}
	for _, s := range d.rcps {
		g.RCPs = append(g.RCPs, model.Level{Policies: []*policy.Document{document(t, s)}})
	}
	return map[string]model.Guardrails{testAccount: g}
}

// build makes the design. Two functions share a role.
func (d *drawn) build(t testing.TB) *model.Design {
	b := build(t)
	inline := func(name string) []string {
		if len(d.identity[name]) == 0 {
			return nil
		}
		return []string{strings.Join(d.identity[name], ", ")}
	}
	bound := func(name string) model.ID {
		p := b.managed(name+"Boundary", strings.Join(d.boundary[name], ", "))
		if !d.bounded[name] {
			return ""
		}
		return p.ID
	}
	role := func(name, trust string) *model.Role {
		r := b.role(name, trust, inline(name)...)
		r.Boundary = bound(name)
		if d.tags[name] != "" {
			r.Tags = map[string]string{"team": d.tags[name]}
		}
		return r
	}
	ra, rb := role("ARole", lambdaTrust), role("BRole", lambdaTrust)
	role("Deploy", d.trust["Deploy"])
	b.functionOf("A", ra)
	b.functionOf("A2", ra)
	fb := b.functionOf("B", rb)
	u := b.user("U", inline("U")...)
	u.Boundary = bound("U")
	data := b.bucket("data")
	data.Tags = map[string]string{"team": "shop"}
	if len(d.bucket) > 0 {
		data.Policy = document(t, strings.Join(d.bucket, ", "))
	}
	table := b.table("T")
	q := b.queue("Q")
	b.resource("AWS::SecretsManager::Secret", "S")
	k := b.resource("AWS::KMS::Key", "k")
	if len(d.key) > 0 {
		k.Policy = document(t, strings.Join(d.key, ", "))
	}
	if d.encrypt {
		table.Key = k.ID
	}
	b.trigger(q.ID, fb.ID, "event-source-mapping")
	b.trigger(data.ID, "fn/A2", "s3-notification").Filter.Prefix = "in/"
	if d.wide != nil {
		d.wide.put(t, b, d, inline)
	}
	b.info.Guardrails = d.guardrails(t)
	return b.design()
}

// flood is everything that can be said to be reached, for comparisons: start, look, target, capability; and who rules.
func flood(a *Analysis) map[string]bool {
	out := map[string]bool{}
	for n, node := range a.nodes[:a.size.nodes] {
		for look := range looks {
			w := a.walk(int32(n), look)
			for _, m := range w.order {
				if _, ok := w.news(m); !ok {
					continue
				}
				out[fmt.Sprintf("%s %d runs %s", node.id, look, a.nodes[m].id)] = true
			}
			reached := a.flows[look].reached(a.actorOf[n])
			for i, x := range a.actors {
				if !reached.has(int32(i)) {
					continue
				}
				for y := range x.allActs() {
					caps := y.may
					if sure(look) {
						caps = y.must
					}
					for _, c := range hits(caps).All() {
						out[fmt.Sprintf("%s %d %s %s", node.id, look, c, a.world.targets[y.target].id)] = true
					}
				}
			}
			if a.rulers(int32(n), look) {
				out[fmt.Sprintf("%s %d rules", node.id, look)] = true
			}
		}
	}
	return out
}

// within reports what one flood has and another lacks.
func lacking(small, great map[string]bool) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(small)) {
		if !great[k] {
			out = append(out, k)
		}
	}
	return out
}

// The tally of sets and the evaluator agree, for every actor, target, form and action.
func TestTallyIsEvaluation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		tl := newTally(a)
		for _, actor := range a.actors {
			tl.count(actor, nil)
			byTarget := map[int32]act{}
			tl.findings(func(f *finding) {
				if x, ok := a.actOf(actor, f); ok {
					byTarget[f.target] = x
				}
			})
			for ti := range a.world.targets {
				if actor.outside != nil && !slices.Contains(actor.outside.doors, int32(ti)) {
					continue // strangers come by what names them
				}
				f := a.finding(actor, int32(ti))
				got := byTarget[int32(ti)]
				var must, may catalog.Capabilities
				for _, xs := range [][]allowance{f.whole, f.parts} {
					for _, x := range xs {
						may |= a.world.forms[x.form].menu.capabilities(x.may)
						must |= a.world.forms[x.form].menu.capabilities(x.must)
					}
				}
				if got.may != may || got.must != must {
					rt.Fatalf("%s on %s: tally must %v may %v, evaluator must %v may %v", actor.id, a.world.targets[ti].id, got.must.All(), got.may.All(), must.All(), may.All())
				}
			}
		}
	})
}

// Actions that the same statements are about get one answer: asking about each gives the same.
func TestJudgeIsEvaluation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		for _, actor := range a.actors {
			for fi := range a.world.forms {
				f := &a.world.forms[fi]
				must, may := a.judge(actor, f.target, f.menu, f.witness, a.candidates(actor, f.menu, a.gates[f.target], f.witness), nil)
				for i, action := range f.menu.actions {
					if i%7 != fi%7 { // a sample: there are thousands
						continue
					}
					d := a.direct(actor, f.target, action.String(), f.witness, nil)
					if (d.Outcome == policy.Allowed) != may.has(i) || d.Must != must.has(i) {
						rt.Fatalf("%s %s on %s: judged must %v may %v, decided %v must %v", actor.id, action, f.witness, must.has(i), may.has(i), d.Outcome, d.Must)
					}
				}
			}
		}
	})
}

// The order of statements does not matter, nor that of all that a design is made of.
func TestOrderDoesNotMatter(t *testing.T) {
	seldom(t, 2, func(rt *rapid.T) {
		d := drawAny(rt, t)
		elements := d.Elements()
		for i, e := range elements {
			switch e := e.(type) {
			case *model.Policy:
				n := *e
				n.Document, elements[i] = turned(rt, e.Document), &n
			case *model.Role:
				n := *e
				n.Trust, n.Policies, elements[i] = turned(rt, e.Trust), rapid.Permutation(e.Policies).Draw(rt, "policies"), &n
			case *model.Resource:
				n := *e
				n.Policy, elements[i] = turned(rt, e.Policy), &n
			}
		}
		other, err := model.New(d.Info(), rapid.Permutation(elements).Draw(rt, "order")...)
		if err != nil {
			t.Fatal(err)
		}
		x, y := flood(analyse(t, d, nil)), flood(analyse(t, other, nil))
		if a, b := lacking(x, y), lacking(y, x); len(a)+len(b) > 0 {
			rt.Fatalf("only in order: %v; only out of order: %v", a, b)
		}
	})
}

// turned is a document with its statements in another order.
func turned(rt *rapid.T, d *policy.Document) *policy.Document {
	if d == nil {
		return nil
	}
	n := *d
	n.Statements = rapid.Permutation(d.Statements).Draw(rt, "statements")
	return &n
}

// What sure looks find, the others find too; what is found without fed functions is found with them.
func TestLooksNest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		for _, f := range a.design.Functions() {
			r, _ := a.Reach(f.ID)
			for _, x := range [][2]Figure{{r.Must, r.May}, {r.Must, r.FedMust}, {r.May, r.FedMay}, {r.FedMust, r.FedMay}} {
				if x[0].Resources > x[1].Resources || x[0].Weighted > x[1].Weighted+1e-9 {
					rt.Fatalf("%s: %+v", f.ID, r)
				}
			}
		}
	})
}

// The hits of a breach are its figures; paths start at the start, lead on without gaps and end at the target; every
// step has statements.
func TestHitsAreFigures(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		for _, n := range a.nodes[:a.size.nodes] {
			b := a.Breach(n.id)
			count := map[bool]int{}
			must := 0
			for _, h := range b.Hits {
				if h.Counted {
					count[h.Fed]++
					if !h.Fed && h.Certainty == Must {
						must++
					}
				}
				for n, w := range h.Ways() {
					at := b.From
					for i, s := range w.Path() {
						if s.From != at {
							// The session of a function's role acts as the function.
							rt.Fatalf("%s → %s: step %d starts at %s, not %s", b.From, h.Target, i, s.From, at)
						}
						at = s.To
						if open := a.design.Trigger(s.Via); open != nil && open.Open && s.Technique == openRoute.technique {
							continue // which takes nothing
						}
						if len(s.Evidence) == 0 || len(s.Actions) == 0 {
							rt.Fatalf("%s → %s: no statement for step %+v", b.From, h.Target, s)
						}
						if s.Certainty == May && len(s.Assumed) == 0 && s.Note == "" {
							rt.Fatalf("%s → %s: nothing says why step %d is only perhaps: %+v", b.From, h.Target, i, s)
						}
						if n == 0 && h.Certainty == Must && s.Certainty != Must {
							rt.Fatalf("%s → %s is sure, its way is not", b.From, h.Target)
						}
					}
					if at != h.Target {
						rt.Fatalf("the way to %s ends at %s", h.Target, at)
					}
				}
			}
			if count[false] != b.Reach.May.Resources || count[false]+count[true] != b.Reach.FedMay.Resources || must != b.Reach.Must.Resources {
				rt.Fatalf("%s: %d hits, %d fed, %d sure; figures %+v", b.From, count[false], count[true], must, b.Reach)
			}
		}
	})
}

// What is named beyond the design is nothing of it, and stays away where nothing is allowed.
func TestSeaIsBeyond(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := analyse(t, drawAny(rt, t), nil)
		for _, n := range a.nodes[:a.size.nodes] {
			for _, y := range a.Breach(n.id).Beyond() {
				if hits(y.Capabilities) != y.Capabilities || y.Capabilities == 0 {
					rt.Fatalf("%s reaches %+v with %v", n.id, y, y.Capabilities.All())
				}
				if a.world.inside(y.Pattern) {
					rt.Fatalf("%s: %s is within the design", n.id, y.Pattern)
				}
				if len(y.Evidence) == 0 || y.Words() == "" {
					rt.Fatalf("%s: no reason or words for %+v", n.id, y)
				}
			}
		}
	})
}

// After any sequence of edits, the analysis that reuses the last one, or an earlier one, is the analysis from scratch.
func TestIncrementalIsFromScratch(t *testing.T) {
	seldom(t, 4, func(rt *rapid.T) {
		e := &editing{rich: rich{rt}, t: t, d: drawAny(rt, t)}
		known := []*Analysis{analyse(t, e.d, nil)}
		for range rapid.IntRange(1, 4).Draw(rt, "edits") {
			e.next(false)
			prev := known[len(known)-1]
			if e.one(4, "from an earlier one") {
				prev = rapid.SampledFrom(known).Draw(rt, "from")
			}
			a := analyse(t, e.d, prev)
			known = append(known, a)
			same(rt, a, analyse(t, e.d, nil))
		}
	})
}
