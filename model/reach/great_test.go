package reach

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A great design has everything at once that could make an analysis hang or blow up: a hundred thousand steps in cycles,
// functions that start themselves, a role that trusts everybody, functions without a role, thousands on one role. How long
// it takes and what it holds is logged; what is checked is what is found, and that memory grows with the steps and not with
// their square.
func TestGreatDesign(t *testing.T) {
	const ring, wide, shared, without = 2500, 40, 5000, 100
	b := build(t)
	open := b.role("Open", `{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}`, allow("s3:GetObject", "arn:aws:s3:::data/*"))
	b.bucket("data")
	for i := range ring {
		next := ""
		for k := range wide {
			next += fmt.Sprintf(`%q, `, roleARN(fmt.Sprintf("Ring%d", (i+k+1)%ring)))
		}
		b.role(fmt.Sprintf("Ring%d", i), rootTrust, `{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": [`+next+`"`+open.ARN+`"]}`)
	}
	one := b.role("Shared", lambdaTrust, allow("sqs:SendMessage", arnOf("AWS::SQS::Queue", "Own")), allow("dynamodb:GetItem", "*"), allow("sts:AssumeRole", roleARN("Ring0")))
	b.table("T")
	q := b.queue("Own")
	for i := range shared {
		f := b.functionOf(fmt.Sprintf("F%d", i), one)
		if i%10 == 0 {
			b.trigger(q.ID, f.ID, "event-source-mapping")
		}
	}
	for i := range without {
		name := fmt.Sprintf("Bare%d", i)
		b.elements = append(b.elements, &model.Function{ID: model.ID("fn/" + name), Name: name, ARN: functionARN(name)})
	}
	d := b.design()

	begin := time.Now()
	a := analyse(t, d, nil)
	analysed := time.Since(begin)
	m := a.Measures(true)
	measured := time.Since(begin) - analysed
	edges := 0
	for _, x := range a.actors {
		for range x.allEdges() {
			edges++
		}
	}
	br := breach(t, a, "fn/F7")
	found := time.Since(begin) - analysed - measured
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	t.Logf("%d steps of %d actors: analysed in %v, measured in %v, one breach in %v; %d MB held", edges, len(a.actors), analysed, measured, found, mem.HeapAlloc>>20)

	if edges < 100_000 {
		t.Errorf("only %d steps", edges)
	}
	if mem.HeapAlloc > 1<<30 {
		t.Errorf("%d MB are held", mem.HeapAlloc>>20)
	}
	for _, id := range []model.ID{"res/data", "res/T", "res/Own"} {
		if m.Exposure[id] < shared || m.Exposure[id] > shared+without {
			t.Errorf("%s is exposed to %d functions", id, m.Exposure[id])
		}
	}
	if len(br.Runs) != 1+ring+1 {
		t.Errorf("runs %d", len(br.Runs))
	}
	if r, ok := a.Reach("fn/Bare3"); !ok || r.May.Resources != 1 { // through the role that trusts everybody
		t.Errorf("a function without a role reaches %+v", r)
	}
	if r, ok := a.Reach("role/Ring9"); !ok || r.Must.Resources != 1 {
		t.Errorf("a role of the ring reaches %+v", r)
	}
}

// Hundreds of roles may write the policies of each other and assume each other, all of them or round in a ring: each is made
// one more actor, and no more, whoever makes it.
func TestGreatGuises(t *testing.T) {
	for name, n := range map[string]int{"all": 300, "ring": 120} {
		t.Run(name, func(t *testing.T) {
			b := build(t)
			for i := range n {
				trust, on := rootTrust, "*"
				if name == "ring" {
					trust, on = `{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}`, roleARN(fmt.Sprintf("R%d", (i+1)%n))
				}
				b.role(fmt.Sprintf("R%d", i), trust, allow("iam:PutRolePolicy sts:AssumeRole", on))
			}
			b.bucket("data")
			d := b.design()
			begin := time.Now()
			a := analyse(t, d, nil)
			t.Logf("%d actors in %v", len(a.actors), time.Since(begin))
			if len(a.actors) > 2*n+2 {
				t.Errorf("%d actors", len(a.actors))
			}
			for _, id := range []model.ID{"role/R0", model.ID(fmt.Sprintf("role/R%d", n/2))} {
				br := breach(t, a, id)
				if h := hitOf(br, "res/data"); h == nil || h.Certainty != Must || !br.Admin || len(br.Runs) != n {
					t.Errorf("%s: hit %+v, admin %v, runs as %d", id, h, br.Admin, len(br.Runs))
				}
			}
		})
	}
}

// Thousands may change each other: by their policies, by those that are attached to them, or by their trust. What they may is held
// once, so that memory grows with their number and not with its square, which would be a gigabyte at least.
func TestGreatAlterations(t *testing.T) {
	const n = 1200
	for _, kind := range []string{"policies", "policies and roles", "versions", "trust", "users", "open roles", "open roles and policies"} {
		t.Run(kind, func(t *testing.T) {
			d := dense(t, kind, n)
			before := inUse()
			begin := time.Now()
			a := analyse(t, d, nil)
			took := time.Since(begin)
			if used := inUse() - before; used > 60<<20 {
				t.Errorf("%d MB are held", used>>20)
			} else {
				t.Logf("%d actors in %v, %d MB held", len(a.actors), took, used>>20)
			}
			for _, i := range []int{0, n / 2} {
				id := model.ID(fmt.Sprintf("role/R%d", i))
				if kind == "users" {
					id = model.ID(fmt.Sprintf("user/R%d", i))
				}
				br := breach(t, a, id)
				ruling := kind != "trust" && kind != "open roles"
				if h := hitOf(br, "res/data"); (h != nil) != (kind != "trust") || br.Admin != ruling || len(br.Runs) != n {
					t.Errorf("%s: hit %+v, admin %v, runs as %d", id, h, br.Admin, len(br.Runs))
				}
			}
			runtime.KeepAlive(a)
		})
	}
}

// inUse is what is held after collecting garbage.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// dense is a design of n principals each of whom has to do with all others, in one of several ways.
func dense(t testing.TB, kind string, n int) *model.Design {
	b := build(t)
	b.known = map[string]*policy.Document{}
	for i := range n {
		name := fmt.Sprintf("R%d", i)
		switch kind {
		case "policies":
			b.role(name, rootTrust, allow("iam:PutRolePolicy", "*"))
		case "policies and roles":
			b.role(name, rootTrust, allow("iam:PutRolePolicy sts:AssumeRole", "*"))
		case "roles":
			b.role(name, rootTrust, allow("sts:AssumeRole", "*"))
		case "versions":
			b.role(name, rootTrust).Policies = []model.ID{b.managed("P"+name, allow("iam:CreatePolicyVersion sts:AssumeRole", "*")).ID}
		case "trust":
			b.role(name, rootTrust, allow("iam:UpdateAssumeRolePolicy", "*"))
		case "open roles":
			b.role(name, `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}`, allow("s3:GetObject", arnOf("AWS::S3::Bucket", "data")+"/*"))
		case "open roles and policies":
			b.role(name, `{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}`, allow("iam:PutRolePolicy", "*"))
		case "users":
			b.user(name, allow("iam:PutUserPolicy iam:CreateAccessKey", "*"))
		default:
			t.Fatalf("no design of %s", kind)
		}
	}
	b.bucket("data")
	return b.design()
}

// Whoever may put users into groups may put each into any of very many, one of which gives and denies: all that they give is
// reached, and users have a few states, not one for each choice of groups.
func TestManyGroups(t *testing.T) {
	const users, groups = 20, 30
	b := build(t)
	f := b.function("F", allow("iam:AddUserToGroup iam:CreateAccessKey", "*"))
	other := b.function("G", allow("iam:AddUserToGroup", "*"), allow("iam:CreateAccessKey", userARN("U3")))
	none := b.function("H", allow("iam:AddUserToGroup", "*"))
	for i := range groups {
		name := fmt.Sprintf("data%d", i)
		b.bucket(name)
		statements := allow("s3:GetObject", arnOf("AWS::S3::Bucket", name)+"/*")
		if i == 7 {
			statements += "," + deny("s3:GetObject", arnOf("AWS::S3::Bucket", "data3")+"/*")
		}
		g := fmt.Sprintf("G%d", i)
		b.elements = append(b.elements, &model.Principal{ID: model.ID("group/" + g), Kind: model.Group, Name: g, ARN: "arn:aws:iam::" + testAccount + ":group/" + g, Policies: b.policies(g, statements), Origin: b.place()})
	}
	for i := range users {
		b.user(fmt.Sprintf("U%d", i))
	}
	a := b.analyse()
	if n := len(a.actors) - a.size.actors; n > 4*users {
		t.Errorf("%d users have %d states beside their own", users, n)
	}
	for _, id := range []model.ID{f.ID, other.ID} {
		br := breach(t, a, id)
		if br.Reach.Must.Resources != groups {
			t.Errorf("%s reaches %+v", id, br.Reach)
		}
		h := hitOf(br, "res/data29")
		if h == nil {
			t.Fatalf("%s does not reach what the last group reads", id)
		}
		if path := h.Path(); len(path) == 0 || path[len(path)-1].To != h.Target {
			t.Errorf("no way to %s", h.Target)
		}
	}
	if br := breach(t, a, none.ID); br.Reach.May.Resources != 0 {
		t.Errorf("one who holds no user reaches %+v", br.Reach)
	}
}

// Very many policies that each give something and deny something may be attached: what each gives is reached, and there are not
// as many states as choices of them.
func TestManyAttachable(t *testing.T) {
	const policies = 40
	b := build(t)
	prefix := "arn:aws:iam::" + testAccount + ":policy/"
	f := b.function("F", when(allow("iam:AttachRolePolicy", roleARN("FRole")), `"ArnLike": {"iam:PolicyARN": "`+prefix+`P*"}`))
	for i := range policies {
		name := fmt.Sprintf("data%d", i)
		b.bucket(name)
		b.managed(fmt.Sprintf("P%d", i), allow("s3:GetObject", arnOf("AWS::S3::Bucket", name)+"/*")+","+deny("sqs:*", "*"))
		b.managed(fmt.Sprintf("PDenies%d", i), deny("s3:*", "*"))
	}
	a := b.analyse()
	if n := len(a.actors) - a.size.actors; n > policies+mostStates {
		t.Errorf("%d states", n)
	}
	if br := breach(t, a, f.ID); br.Reach.Must.Resources != policies {
		t.Errorf("reaches %+v", br.Reach)
	}
}
