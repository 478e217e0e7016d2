package cfn

import (
	"strings"
	"testing"
)

// What the calls of intrinsic functions come to, as the names of queues.
func TestLanguage(t *testing.T) {
	in := openFiles(t, "t.yaml", map[string]string{"t.yaml": `Transform: [AWS::LanguageExtensions, Mine, {Name: AWS::Include, Parameters: {Location: more.yaml}}]
Parameters:
  Names: {Type: CommaDelimitedList, Default: "a, b"}
  Open: {Type: CommaDelimitedList}
  Word: {Type: String}
Resources:
  Cidr: {Type: AWS::SQS::Queue, Properties: {QueueName: !Select [2, !Cidr [10.0.0.0/16, 4, 8]]}}
  Six: {Type: AWS::SQS::Queue, Properties: {QueueName: !Select [1, !Cidr ["2001:db8::/56", 2]]}}
  Length: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub ["n${N}", {N: {"Fn::Length": !Ref Names}}]}}
  Unknown: {Type: AWS::SQS::Queue, Properties: {QueueName: {"Fn::Length": !Ref Open}}}
  Json: {Type: AWS::SQS::Queue, Properties: {QueueName: {"Fn::ToJsonString": {A: !Ref Names, B: 1}}}}
  Base: {Type: AWS::SQS::Queue, Properties: {QueueName: !Base64 abc}}
  Based: {Type: AWS::SQS::Queue, Properties: {QueueName: !Base64 {Ref: Word}}}
  "Fn::ForEach::Each":
    - Name
    - !Ref Names
    - "Q${Name}": {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "each-${Name}", "Fn::ForEach::Tag": [T, [x, y], {"Tag${T}": !Ref T}]}}
  Included: {Type: AWS::SQS::Queue, Properties: {QueueName: name, "Fn::Transform": {Name: AWS::Include, Parameters: {Location: properties.yaml}}}}
  Gone: {Type: AWS::SQS::Queue, Properties: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: s3://b/x.yaml}}}}
  Outside: {Type: AWS::SQS::Queue, Properties: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: ../x.yaml}}}}
  Again: {Type: AWS::SQS::Queue, Properties: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: again.yaml}}}}
Outputs:
  "Fn::ForEach::Out": [Name, !Ref Names, {"O${Name}": {Value: !Ref Name, Export: {Name: !Sub "out-${Name}"}}}]
`,
		"more.yaml":       "Resources:\n  More: {Type: AWS::SQS::Queue, Properties: {QueueName: more}}\n",
		"properties.yaml": "KmsMasterKeyId: alias/mine\nQueueName: other\n",
		"again.yaml":      "Fn::Transform: {Name: AWS::Include, Parameters: {Location: again.yaml}}\n"})
	d := in.Design
	for id, want := range map[string]string{"Cidr": "10.0.2.0/24", "Six": "2001:db8:0:1::/64", "Length": "n2", "Unknown": "${Length-10}", "Json": `{"A":["a","b"],"B":1}`, "Base": "YWJj", "Based": "${Base64-13}",
		"Qa": "each-a", "Qb": "each-b", "Included": "name", "More": "more"} {
		r := d.Find(id)
		if r == nil {
			t.Errorf("%s is missing", id)
		} else if q := d.Resource(r.ElementID()); q.Name != want {
			t.Errorf("%s is %q, not %q", id, q.Name, want)
		}
	}
	if q := d.Resource("res/Included"); q.Key == "" {
		t.Error("what is included beside other properties is missing")
	}
	var all []string
	for _, x := range in.Diagnostics {
		all = append(all, x.String()+" "+x.Detail)
	}
	said := strings.Join(all, "\n")
	for _, want := range []string{"the macro Mine rewrites the template", "AWS::Include brings what stands in another file", "../x.yaml cannot be included"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}
