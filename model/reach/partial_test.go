package reach

import "testing"

// A role whose policies nobody read makes every figure that rests on it a lower bound, by every way that leads to it.
func TestAtLeast(t *testing.T) {
	b := build(t)
	known := b.function("Known", allow("sqs:SendMessage", "*"))
	named := b.function("Named")
	b.roleOf(named).External = true
	b.roleOf(named).Trust = document(t, rootTrust)
	leads := b.function("Leads", allow("sts:AssumeRole", b.roleOf(named).ARN))
	an := b.analyse()
	for _, x := range []struct {
		id   string
		want bool
	}{{string(known.ID), false}, {string(named.ID), true}, {string(leads.ID), true}} {
		for br := range an.Breaches() {
			if string(br.From) != x.id {
				continue
			}
			if got, _ := an.Reach(br.From); br.Reach.AtLeast != x.want || got.AtLeast != x.want || (len(br.NotSeen) > 0) != x.want {
				t.Errorf("%s: at least %v, not seen %q, want %v", x.id, br.Reach.AtLeast, br.NotSeen, x.want)
			}
		}
	}
	if m := an.Measures(false); m.AtLeast == 0 {
		t.Error("the measures do not say so")
	}
}
