package reach

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// byURLOnly allows to invoke a function by its URL alone.
func byURLOnly(resource string) string {
	return `{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "` + resource + `", "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}}`
}

// public are the two statements that console and SAM add to a function with an open URL.
func public(f *model.Function, actions ...string) string {
	var out []string
	for _, x := range actions {
		condition := `"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}`
		if x == invokes {
			condition = `"Bool": {"lambda:InvokedViaFunctionUrl": "true"}`
		}
		out = append(out, `{"Effect": "Allow", "Principal": "*", "Action": "`+x+`", "Resource": "`+f.ARN+`", "Condition": {`+condition+`}}`)
	}
	return strings.Join(out, ", ")
}

// What a URL takes decides of the hit as of the edge, and it says why it is only perhaps.
func TestURLOfOld(t *testing.T) {
	for _, c := range []struct {
		name, statements string
		certainty        Certainty
		note             string
	}{
		{"one", allow(callsURL, "*"), May, ifOldURL},
		{"both", allow(callsURL, "*") + "," + byURLOnly("*"), Must, ""},
		{"both perhaps", allow(callsURL, "*") + "," + strings.Replace(byURLOnly("*"), `"Bool"`, `"StringEquals": {"aws:SourceVpc": "vpc-1"}, "Bool"`, 1), May, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.statements)
			g := b.function("G")
			b.trigger("", g.ID, "function-url").Outside = true
			h := hitOf(breach(t, b.analyse(), f.ID), g.ID)
			if h == nil || h.Certainty != c.certainty {
				t.Fatalf("hit %+v", h)
			}
			last := h.Last()
			if last.Certainty != c.certainty || last.Note != c.note {
				t.Errorf("%s, %q", last.Certainty, last.Note)
			}
			if c.note == "" && !slices.Equal(last.Actions, []string{invokes, callsURL}) {
				t.Errorf("by %v", last.Actions)
			}
		})
	}
}

// A URL is called with permission on what it is of.
func TestURLOfAnother(t *testing.T) {
	b := build(t)
	f := b.function("F", allow(callsURL, functionARN("G")+":live"), byURLOnly("*"))
	g := b.function("G")
	b.trigger("", g.ID, "function-url").Outside = true
	want(t, breach(t, b.analyse(), f.ID))
}

// An open URL lets in whom the function's policy lets in, for all that the URL asks for.
func TestOpenURL(t *testing.T) {
	type how struct {
		policy  func(f *model.Function) string
		account bool // whose policies are all seen
		alias   string
	}
	says := func(actions ...string) func(*model.Function) string {
		return func(f *model.Function) string { return public(f, actions...) }
	}
	const denied = `{"Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": "*"}`
	other := `{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": "*"}`
	for _, c := range []struct {
		name string
		how
		want string // certainty and note of the hit, "" for none
	}{
		{"both", how{policy: says(callsURL, invokes)}, "must "},
		{"one", how{policy: says(callsURL)}, "may " + ifOldURL},
		{"the other alone", how{policy: says(invokes)}, "may " + ifPublicURL},
		{"the other alone, all seen", how{policy: says(invokes), account: true}, ""},
		{"none seen", how{}, "may " + ifPublicURL},
		{"none seen in an account", how{account: true}, "may " + ifPublicURL},
		{"for a service", how{policy: func(*model.Function) string { return other }}, "may " + ifPublicURL},
		{"for a service, all seen", how{policy: func(*model.Function) string { return other }, account: true}, ""},
		{"denied", how{policy: func(f *model.Function) string { return public(f, callsURL, invokes) + ", " + denied }}, ""},
		{"of an alias, on the function", how{policy: says(callsURL, invokes), account: true, alias: "live"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F")
			tr := b.trigger("", f.ID, "function-url")
			tr.Outside, tr.Open, tr.Alias = true, true, c.alias
			if c.policy != nil {
				f.Policy = document(t, c.policy(f))
			}
			if c.account {
				b.info.Kind = "account"
			}
			d := b.design()
			a := analyse(t, d, nil)
			got := ""
			if h := hitOf(a.Breach(Anyone), f.ID); h != nil {
				got = h.Last().Certainty.String() + " " + h.Last().Note
				for _, e := range h.Last().Evidence {
					if e.Layer != policy.LayerResource || e.Policy != f.ID {
						t.Errorf("evidence %+v", e)
					}
				}
				if n := len(h.Last().Evidence); (c.want == "must ") != (n == 2) {
					t.Errorf("%d statements", n)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			openings := slices.DeleteFunc(a.OpeningsOn(f.ID), func(o Opening) bool { return o.Trigger == "" })
			if c.want == "" && len(openings) > 0 || c.want != "" && (len(openings) != 1 || openings[0].Certainty.String()+" "+openings[0].Note != c.want || !strings.HasSuffix(openings[0].Sentence(d), strings.TrimLeft(openings[0].Note, " "))) {
				t.Errorf("openings %+v", openings)
			}
		})
	}
}
