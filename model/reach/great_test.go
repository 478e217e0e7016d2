package reach

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"bulkhead/model"
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
