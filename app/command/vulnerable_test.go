package command_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// An administrator whom a breach reaches only through a function that it feeds counts with the switch that takes such functions
// as vulnerable, in text and in JSON alike, and is told without it in JSON.
func TestAdministratorByFeeding(t *testing.T) {
	file := write(t, "template.yaml", `Transform: AWS::Serverless-2016-10-31
Resources:
  Counter: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Oven}}]}}
  Oven: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Policies: [arn:aws:iam::aws:policy/AdministratorAccess]}}
`)
	for _, vulnerable := range []bool{false, true} {
		args := []string{"breach", file, "--from", "Counter"}
		if vulnerable {
			args = append(args, "--assume-vulnerable")
		}
		if out := done(t, args...); strings.Contains(out, "an administrator may be reachable: Counter → Oven") != vulnerable {
			t.Errorf("%v:\n%s", args, out)
		}
		var found struct {
			Breaches []struct{ Admin, AdminMay, AdminFed bool }
		}
		if err := json.Unmarshal([]byte(done(t, append(args, "--json")...)), &found); err != nil {
			t.Fatal(err)
		}
		if b := found.Breaches[0]; b.Admin != vulnerable || b.AdminMay != vulnerable || !b.AdminFed {
			t.Errorf("%v --json: %+v", args, b)
		}
	}
}
