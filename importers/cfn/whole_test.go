package cfn

import (
	"context"
	"testing"

	"bulkhead/importers"
)

// What conditions leave out is not in the design, and is in the whole one, with what SAM makes for it.
func TestWhole(t *testing.T) {
	const text = `Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: test}}
Conditions: {Live: !Equals [!Ref Stage, live]}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Always: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, CodeUri: s3://b/k}}
  Sometimes:
    Type: AWS::Serverless::Function
    Condition: Live
    Properties: {Runtime: python3.12, Handler: a.b, CodeUri: s3://b/k, Events: {Poll: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}}}
`
	for _, c := range []struct {
		params    map[string]string
		leavesOut bool
	}{{nil, true}, {map[string]string{"Stage": "live"}, false}} {
		in := imported(t, "t.yaml", text, importers.Options{Params: c.params})
		if in.LeavesOut != c.leavesOut || (in.Design.Function("fn/Sometimes") == nil) != c.leavesOut || in.Design.Function("fn/Always") == nil {
			t.Errorf("%v: leaves out %t, functions %v", c.params, in.LeavesOut, in.Design.Functions())
		}
		whole, err := in.Source.(importers.Whole).Whole(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		f := whole.Function("fn/Sometimes")
		if f == nil || f.Role != "role/SometimesRole" || whole.Role(f.Role) == nil || len(whole.TriggersOf(f.ID)) != 1 || len(whole.Functions()) != 2 {
			t.Errorf("%v: the whole has %v and %v", c.params, whole.Functions(), whole.Triggers())
		}
	}
}
