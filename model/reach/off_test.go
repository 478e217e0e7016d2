package reach

import (
	"testing"

	"bulkhead/model"
)

// What is disabled feeds nothing, but for who may enable it.
func TestDisabled(t *testing.T) {
	send, put := allow("sqs:SendMessage", "*"), allow("events:PutEvents", "*")
	for _, c := range []struct {
		name, statements, kind string
		off                    bool
		want                   string
	}{
		{"a mapping", send, "event-source-mapping", false, "must"},
		{"a disabled mapping", send, "event-source-mapping", true, ""},
		{"a disabled mapping, enabled", send + "," + allow("lambda:UpdateEventSourceMapping", "*"), "event-source-mapping", true, "may " + ifEnabled},
		{"a rule", put, "event-rule", false, "must"},
		{"a disabled rule", put, "event-rule", true, ""},
		{"a disabled rule, enabled", put + "," + allow("events:EnableRule", "*"), "event-rule", true, "may " + ifEnabled},
		{"a disabled rule, put anew", put + "," + allow("events:PutRule", "*"), "event-rule", true, "may " + ifEnabled},
		{"a disabled rule, enabling alone", allow("events:EnableRule", "*"), "event-rule", true, ""},
		{"a disabled rule, enabling denied", put + "," + allow("events:EnableRule", "*") + "," + deny("events:EnableRule", "*"), "event-rule", true, ""},
		{"a disabled pipe", send, "pipe", true, ""},
		{"a disabled pipe, started", send + "," + allow("pipes:StartPipe", "*"), "pipe", true, "may " + ifEnabled},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.statements)
			g := b.function("G")
			from := model.ID("")
			if c.kind != "event-rule" {
				from = b.queue("Q").ID
			}
			b.trigger(from, g.ID, c.kind).Off = c.off
			d := b.design()
			got := ""
			if h := hitOf(breach(t, analyse(t, d, nil), f.ID), g.ID); h != nil {
				got = h.Certainty.String()
				if n := h.Last().Note; n != "" {
					got += " " + n
				}
			}
			if got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
			same(t, shared(t, d, nil, 0), shared(t, d, nil, unshared))
		})
	}
}

// A disabled rule behind an open route starts nothing for anybody.
func TestDisabledBehindRoute(t *testing.T) {
	b := build(t)
	f := b.function("F")
	bus := b.resource("AWS::Events::EventBus", "bus")
	b.trigger("", bus.ID, "api-route").Open = true
	rule := b.trigger(bus.ID, f.ID, "event-rule")
	if hitOf(b.analyse().Breach(Anyone), f.ID) == nil {
		t.Error("the rule starts nothing")
	}
	rule.Off = true
	if h := hitOf(b.analyse().Breach(Anyone), f.ID); h != nil {
		t.Errorf("%+v", h)
	}
}
