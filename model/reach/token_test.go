package reach

import "testing"

// A route whose authorizer takes tokens feeds nobody who has but execute-api:Invoke, whether its API is in the design or
// not; an IAM-authorized one does.
func TestTokenRoute(t *testing.T) {
	for _, x := range []struct {
		api, token bool
	}{{true, false}, {true, true}, {false, false}, {false, true}} {
		b := build(t)
		f := b.function("F", allow("execute-api:Invoke", "*"))
		g := b.function("G")
		from := b.resource("AWS::ApiGateway::RestApi", "abc").ID
		if !x.api {
			from = ""
		}
		tr := b.trigger(from, g.ID, "api-route")
		tr.Outside, tr.Token = true, x.token
		br := breach(t, b.analyse(), f.ID)
		if fed := len(br.Fed) > 0; fed == x.token {
			t.Errorf("%+v: feeds %v", x, br.Fed)
		}
	}
}
