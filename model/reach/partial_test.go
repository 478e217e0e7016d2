package reach

import (
	"testing"

	"bulkhead/model"
)

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

// What was not read of a resource or a function, and may let somebody in, makes every figure a lower bound; where it may keep
// somebody out, what others allow is perhaps. A policy that was read in part is both.
func TestUnreadOfResources(t *testing.T) {
	for name, x := range map[string]struct {
		unread        func(r *model.Resource, f *model.Function)
		least, surely bool
	}{
		"all was read": {func(*model.Resource, *model.Function) {}, false, true},
		"a policy":     {func(r *model.Resource, _ *model.Function) { r.PolicyUnseen = true }, true, false},
		"a part of a policy": {func(r *model.Resource, _ *model.Function) {
			r.PolicyUnseen, r.Policy = true, document(t, `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sqs:*", "Resource": "*"}`)
		}, true, false},
		"an access control list":    {func(r *model.Resource, _ *model.Function) { r.MoreUnseen = true }, true, true},
		"a function's policy":       {func(_ *model.Resource, f *model.Function) { f.PolicyUnseen = true }, true, true},
		"policies of its aliases":   {func(_ *model.Resource, f *model.Function) { f.MoreUnseen = true }, true, true},
		"of what is only named":     {func(r *model.Resource, _ *model.Function) { r.External, r.PolicyUnseen = true, true }, false, false},
		"of what counts in nothing": {func(r *model.Resource, _ *model.Function) { r.Type, r.PolicyUnseen = "AWS::Lambda::LayerVersion", true }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", allow("sqs:SendMessage", "*"))
			q := b.queue("Q")
			x.unread(q, f)
			an := b.analyse()
			br := an.Breach(f.ID)
			if br.Reach.AtLeast != x.least || (len(br.NotSeen) > 0) != x.least {
				t.Errorf("at least %t, not seen %q", br.Reach.AtLeast, br.NotSeen)
			}
			if len(br.Hits) != 1 || (br.Hits[0].Must != 0) != x.surely {
				t.Errorf("hits %+v", br.Hits)
			}
		})
	}
}

// Of a policy that was read in part, what was not read makes no hit of anybody's by itself, whomever the rest is about.
func TestUnreadAloneIsNoHit(t *testing.T) {
	b := build(t)
	q := b.queue("Q")
	q.PolicyUnseen, q.Policy = true, document(t, `{"Effect": "Allow", "Principal": {"AWS": "`+userARN("U")+`"}, "Action": "sqs:*", "Resource": "*"}`)
	b.user("U")
	nothing, sends, held := b.function("Nothing"), b.function("Sends", allow("sqs:SendMessage", "*")), b.function("Held", allow("sqs:SendMessage", "*"))
	b.roleOf(held).Boundary = b.managed("Limit", allow("s3:*", "*")).ID
	an := b.analyse()
	want(t, breach(t, an, nothing.ID))
	want(t, breach(t, an, held.ID))
	want(t, breach(t, an, sends.ID), "may send res/Q")
	want(t, breach(t, an, "user/U"), "may read write send delete permissions res/Q")
}

// What the caller writes is what lets it in by what was read: of a policy that was not, a hit names the statements all the same.
func TestUnreadAndChosen(t *testing.T) {
	agent := func(statement, value string) string {
		return when(statement, `"StringEquals": {"aws:UserAgent": "`+value+`"}`)
	}
	b := build(t)
	q := b.queue("Q")
	q.PolicyUnseen, q.Policy = true, document(t, `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sqs:*", "Resource": "*"}`)
	b.user("U", agent(allow("sqs:ReceiveMessage", "*"), "x"), agent(allow("sqs:SendMessage", "*"), "y"))
	br := breach(t, b.analyse(), "user/U")
	want(t, br, "may read send res/Q")
	for i := range br.Hits {
		for _, s := range br.Hits[i].Path() {
			if len(s.Evidence) != 2 {
				t.Errorf("rests on %d statements: %+v", len(s.Evidence), s)
			}
		}
	}
}
