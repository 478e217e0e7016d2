package cfn

import (
	"slices"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
)

// A map of a state machine takes its items from a bucket that its reader names: what is written there is what the map's tasks get.
func TestItemsOfMaps(t *testing.T) {
	machine := func(reader string) string {
		return `
Resources:
  Data: {Type: AWS::S3::Bucket, Properties: {BucketName: data}}
  F: {Type: AWS::Lambda::Function, Properties: {Role: arn:aws:iam::123456789012:role/x, Runtime: python3.13, Handler: app.handler, Code: {ZipFile: x}}}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/x
      Definition:
        StartAt: Each
        States:
          Each:
            Type: Map
            ItemReader: ` + reader + `
            ItemProcessor:
              StartAt: Do
              States: {Do: {Type: Task, Resource: !GetAtt F.Arn, End: true}}
            End: true
`
	}
	for reader, want := range map[string][]string{
		`{Resource: "arn:aws:states:::s3:getObject", Parameters: {Bucket: !Ref Data, Key: in/list.csv}}`:         {"M task F", "Data items M in/list.csv in/list.csv"},
		`{Resource: "arn:aws:states:::s3:listObjectsV2", Arguments: {Bucket: data, Prefix: in/}}`:                {"M task F", "Data items M in/ "},
		`{Resource: "arn:aws:states:::s3:getObject", Arguments: {Bucket: data, Key: "{% $states.input.key %}"}}`: {"M task F", "Data items M  "},
		`{Resource: "arn:aws:states:::s3:getObject", Parameters: {"Bucket.$": $.bucket, Key: a}}`:                {"M task F"},
		`{Resource: "arn:aws:states:::s3:getObject", Parameters: {Bucket: other, Key: a}}`:                       {"M task F"},
	} {
		d := imported(t, "template.yaml", machine(reader), importers.Options{}).Design
		var got []string
		for _, x := range d.Triggers() {
			if x.Reads {
				continue
			}
			line := d.Name(x.From) + " " + x.Label + " " + d.Name(x.To)
			if x.Kind == model.Items {
				line += " " + x.Filter.Prefix + " " + x.Filter.Suffix
			}
			got = append(got, line)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", reader, got, want)
		}
	}
}
