package reach

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// shared is an analysis with rows for statements that reach from so many forms.
func shared(t testing.TB, d *model.Design, prev *Analysis, from int) *Analysis {
	a, err := analyze(context.Background(), d, catalog.Load(), prev, from, foremost{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// unshared is more forms than any statement reaches.
const unshared = 1 << 30

// Rows change nothing: with every statement shared that can be, each actor has the acts and edges that it has without rows,
// and so everything that is made of them.
func TestRowsChangeNothing(t *testing.T) {
	designs, rows := 0, 0
	seldom(t, 2, func(rt *rapid.T) {
		designs++
		d := drawAny(rt, t)
		a := shared(t, d, nil, rapid.SampledFrom([]int{0, 3}).Draw(rt, "shared from"))
		same(rt, a, shared(t, d, nil, unshared))
		rows += len(a.kin.rows)
	})
	if designs >= usual/2 && rows == 0 {
		t.Error("no rows were tried")
	}
}

// escalations are permissions to make more of oneself, or of others.
var escalations = []string{"iam:PutRolePolicy", "iam:PutRolePolicy sts:AssumeRole", "iam:AttachUserPolicy iam:AttachRolePolicy", "iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey", "iam:DeleteRolePermissionsBoundary iam:DeleteUserPermissionsBoundary",
	"iam:DeleteRolePolicy iam:DetachRolePolicy", "iam:AddUserToGroup iam:CreateAccessKey", "iam:CreatePolicyVersion"}

// Edits of policies alone, which take over the most from the analysis before, leave nothing behind; nor do those by which
// somebody may make more of himself, or may no more.
func TestAgainIsFromScratch(t *testing.T) {
	designs, taken, turned, joined := 0, 0, 0, 0
	seldom(t, 2, func(rt *rapid.T) {
		designs++
		from := rapid.SampledFrom([]int{0, 3, unshared}).Draw(rt, "shared from")
		e := &editing{rich: rich{rt}, t: t, d: drawAny(rt, t)}
		a := shared(t, e.d, nil, from)
		for range rapid.IntRange(1, 4).Draw(rt, "edits") {
			e.next(true)
			before := a
			x, err := again(context.Background(), e.d, catalog.Load(), a, from)
			if err != nil {
				t.Fatal(err)
			}
			if a = x; a == nil {
				a = shared(t, e.d, before, from)
			} else if taken++; !slices.Equal(before.guises.keys, a.guises.keys) {
				turned++
			} else if slices.ContainsFunc(a.guises.joins[:], func(j []*join) bool { return len(j) > 0 }) {
				joined++
			}
			same(rt, a, shared(t, e.d, nil, from))
			sameFlood(rt, a)
		}
	})
	if designs >= usual/2 && (taken < 25 || turned < 4 || joined < 4) {
		t.Errorf("of the edits of %d designs %d were of this sort; of them %d changed who makes what of himself, %d were where two are needed for that", designs, taken, turned, joined)
	}
}

// sameFlood fails where one flood of all steps at once reaches anything else than those by which an analysis came to its own.
func sameFlood(rt rapid.TB, a *Analysis) {
	whole := &Analysis{design: a.design, graph: a.fresh()}
	whole.actors, whole.guises, whole.actorOf = a.actors, a.guises, a.actorOf
	whole.flood(nil, nil)
	sameReach(rt, a, whole)
}

// sameReach fails where an actor reaches anything in one of two analyses with the same actors that it does not in the other.
func sameReach(rt rapid.TB, a, b *Analysis) {
	for look := range looks {
		for i := range a.actors {
			x, y := a.flows[look].of(int32(i)), b.flows[look].of(int32(i))
			if p, q := a.flows[look].reached(int32(i)), b.flows[look].reached(int32(i)); !slices.Equal(p, q) || x.rules != y.rules || !slices.EqualFunc(x.wet[:], y.wet[:], slices.Equal[set]) {
				rt.Fatalf("%s (%d) reaches %v, not %v, under look %d; rules %v, not %v", a.actors[i].id, i, p, q, look, x.rules, y.rules)
			}
		}
	}
}

// pointers are to statements that are compiled more than once.
var pointers = regexp.MustCompile(`0x[0-9a-f]+`)

// inFull is all that a breach says, what is worked out when somebody asks included.
func inFull(b *Breach) string {
	if b == nil {
		return ""
	}
	var out strings.Builder
	path := func(steps []*Step) {
		for _, s := range steps {
			fmt.Fprintf(&out, " %+v", *s)
		}
		out.WriteByte('\n')
	}
	fmt.Fprintln(&out, b.From, b.Admin, b.AdminMay, b.AdminFed, b.Reach, b.Runs, b.Fed, b.NotSeen)
	path(b.AdminWhy())
	for _, h := range b.Hits {
		fmt.Fprintln(&out, h.Target, h.ARN, h.Type, h.Capabilities, h.Must, h.Certainty, h.Hops, h.Part, h.Fed, h.FedMore, h.FedMoreMust, h.Counted, h.OwnLog)
		for _, w := range slices.Concat(h.Ways(), h.FedWays()) {
			fmt.Fprint(&out, w.Capabilities, w.Hops)
			path(w.Path())
		}
	}
	fmt.Fprintln(&out, b.Beyond(), b.sea.swells)
	return pointers.ReplaceAllString(out.String(), "0x")
}

// same fails where two analyses of a design differ in anything.
func same(rt rapid.TB, x, y *Analysis) {
	for i, a := range x.actors {
		b := y.actors[i]
		var acts, others []act
		for x := range a.allActs() {
			acts = append(acts, *x)
		}
		for x := range b.allActs() {
			others = append(others, *x)
		}
		if !slices.Equal(acts, others) {
			rt.Fatalf("%s does %v, not %v", a.id, acts, others)
		}
		say := func(an *Analysis, a *actor) (out []string) {
			for e := range a.allEdges() {
				s := fmt.Sprintf("%d to %s must %v over %d by %v %q, found at %d and %d", e.kind, an.nodes[e.to].id, e.must, e.over, e.triggers, e.service, e.rank, e.first)
				if e.how != nil {
					s += fmt.Sprintf(" %+v", *e.how)
				}
				if e.technique != nil {
					s += " " + e.technique.id
				}
				if e.carrier != nil {
					s += " " + e.carrier.technique
				}
				out = append(out, s)
			}
			return out
		}
		if p, q := say(x, a), say(y, b); !slices.Equal(p, q) {
			rt.Fatalf("%s goes on by\n%q, not\n%q", a.id, p, q)
		}
		// Whose alters depend on others is worked out again after each edit; a row may take its actors for such needlessly.
		alters := func(a *actor) (out []alter) {
			for x := range a.allAlters() {
				out = append(out, *x)
			}
			return out
		}
		if p, q := alters(a), alters(b); fmt.Sprint(p) != fmt.Sprint(q) || a.admin != b.admin || b.meddles && !a.meddles {
			rt.Fatalf("%s alters %v (%v, %v), not %v (%v, %v)", a.id, p, a.admin, a.meddles, q, b.admin, b.meddles)
		}
	}
	for i, a := range x.actors {
		b := y.actors[i]
		for k, v := range a.lessons {
			if k < len(b.lessons) && v != 0 && b.lessons[k] != 0 && v != b.lessons[k] { // nobody may have asked
				rt.Fatalf("%s: lesson %d is %d, not %d", a.id, k, v, b.lessons[k])
			}
		}
	}
	p, q := flood(x), flood(y)
	if more, less := lacking(p, q), lacking(q, p); len(more)+len(less) > 0 {
		rt.Fatalf("with rows alone: %v; without alone: %v", more, less)
	}
	for _, n := range x.nodes[:x.size.nodes] {
		if p, q := inFull(x.Breach(n.id)), inFull(y.Breach(n.id)); p != q {
			i := 0
			for i < min(len(p), len(q)) && p[i] == q[i] {
				i++
			}
			rt.Fatalf("%s: breach\n…%s, not\n…%s", n.id, p[max(0, i-300):], q[max(0, i-300):])
		}
	}
	for _, vulnerable := range []bool{false, true} {
		if p, q := fmt.Sprint(x.Measures(vulnerable)), fmt.Sprint(y.Measures(vulnerable)); p != q {
			rt.Fatalf("measures %s, not %s", p, q)
		}
	}
}

// A role that shares statements gets nowhere by what acts as it, and finds its steps in the order of one who shares nothing.
func TestRowsOfOneself(t *testing.T) {
	for _, c := range []struct{ name, acts string }{{"a project", "AWS::CodeBuild::Project"}, {"a state machine", machineType}} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			far := allow("codebuild:* states:* sqs:${Verb} lambda:*", "*")
			for _, name := range []string{"A", "B"} {
				b.role(name, trusts("codebuild.amazonaws.com", "states.amazonaws.com"), far)
				r := b.resource(c.acts, "As"+name)
				if c.acts == machineType {
					b.trigger(r.ID, "fn/F", "state-machine-task").Role = model.ID("role/" + name)
				} else {
					r.ARN, r.Role = strings.TrimSuffix(projectARN, "P")+name, model.ID("role/"+name)
				}
			}
			f := b.function("F")
			b.trigger(b.queue("Q").ID, f.ID, "event-source-mapping")
			d := b.design()
			same(t, shared(t, d, nil, 0), shared(t, d, nil, unshared))
		})
	}
}

// What an actor does by its own statements stands before what its row finds later, however sure.
func TestRowsKeepOrder(t *testing.T) {
	b := build(t)
	b.function("A", allow("sqs:${Verb} dynamodb:*", "*"), allow("lambda:*", functionARN("F")))
	f := b.function("F")
	for _, name := range []string{"Q", "R", "S"} {
		b.trigger(b.queue(name).ID, f.ID, "event-source-mapping")
		b.table("T" + name)
	}
	d := b.design()
	rows := shared(t, d, nil, 3)
	same(t, rows, shared(t, d, nil, unshared))
	if len(rows.kin.rows) == 0 {
		t.Error("nothing is shared")
	}
}

// Of the many to whom all lead by one statement, most lack some: with blocks of edges each reaches those whom it reaches without
// anything shared, and after edits too.
func TestBlocksOfRows(t *testing.T) {
	const n = 3*blockSize + 7
	b := build(t)
	for i := range n {
		name := fmt.Sprintf("R%d", i)
		trust := rootTrust
		if i%5 == 1 {
			trust = lambdaTrust
		}
		more := allow("s3:GetObject", arnOf("AWS::S3::Bucket", fmt.Sprintf("data%d", i%9))+"/*")
		switch i % 4 {
		case 1:
			more += "," + deny("sts:AssumeRole", roleARN(fmt.Sprintf("R%d", (i+1)%n))+" "+roleARN(fmt.Sprintf("R%d", (i*7)%n)))
		case 2:
			more += "," + allow("lambda:UpdateFunctionCode", functionARN("F"))
		}
		b.role(name, trust, allow("sts:AssumeRole", roleARN(fmt.Sprintf("R%d*", i%3))), more)
	}
	for i := range 9 {
		b.bucket(fmt.Sprintf("data%d", i))
	}
	b.function("F", allow("iam:PutRolePolicy", "*"), deny("iam:PutRolePolicy", roleARN("R1*")))
	d := b.design()
	a := shared(t, d, nil, 30)
	if !slices.ContainsFunc(slices.Collect(maps.Keys(a.flows[runsMust].hubs)), func(h hub) bool { return h.block > 0 }) {
		t.Fatal("there are no blocks")
	}
	sameReach(t, a, shared(t, d, nil, unshared))
	for i, say := range []string{allow("iam:PutRolePolicy", "*"), allow("sts:AssumeRole", "*") + "," + deny("sts:AssumeRole", roleARN("R1*")), allow("iam:PutRolePolicy sts:AssumeRole", roleARN("R*")), allow("sts:AssumeRole", roleARN("R2*"))} {
		p := *d.Policy(model.ID(fmt.Sprintf("policy/R%d-0", 40*i+3)))
		p.Document = document(t, say)
		after, err := d.With(model.Change{Before: d.Policy(p.ID), After: &p})
		if err != nil {
			t.Fatal(err)
		}
		d = after
		a = shared(t, d, a, 30)
		sameReach(t, a, shared(t, d, nil, unshared))
	}
}
