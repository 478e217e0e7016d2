package cfn_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
)

// A metric filter leads a log group on to the alarms of its metric, and an archive on to the bus that it keeps the events of.
func TestCountedAndReplayed(t *testing.T) {
	in, err := cfn.Source{}.Import(t.Context(), fstest.MapFS{"t.json": {Data: []byte(`{"Resources": {
		"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "g"}},
		"Errors": {"Type": "AWS::Logs::MetricFilter", "Properties": {"LogGroupName": {"Ref": "Logs"}, "FilterPattern": "ERROR", "MetricTransformations": [{"MetricNamespace": "Shop", "MetricName": "errors", "MetricValue": "1"}]}},
		"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "m", "Namespace": "Shop", "MetricName": "errors"}},
		"Together": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "t", "Metrics": [{"Id": "e", "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "errors"}}}]}},
		"Other": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "n", "Namespace": "Shop", "MetricName": "orders"}},
		"Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "b"}},
		"Own": {"Type": "AWS::Events::Archive", "Properties": {"ArchiveName": "own", "SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}}},
		"All": {"Type": "AWS::Events::Archive", "Properties": {"ArchiveName": "all", "SourceArn": {"Fn::Sub": "arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}}},
		"Elsewhere": {"Type": "AWS::Events::Archive", "Properties": {"ArchiveName": "elsewhere", "SourceArn": "arn:aws:events:us-east-1:123456789012:event-bus/orders"}},
		"Rule": {"Type": "AWS::Events::Rule", "Properties": {"Name": "r", "EventPattern": {"source": ["shop"]}}},
		"BusRule": {"Type": "AWS::Events::Rule", "Properties": {"Name": "s", "EventBusName": {"Ref": "Bus"}, "EventPattern": {"source": ["shop"]}}},
		"P": {"Type": "AWS::OSIS::Pipeline", "Properties": {"PipelineName": "p", "PipelineRoleArn": {"Fn::GetAtt": ["R", "Arn"]}}},
		"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "osis-pipelines.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}}
	}}`)}}, "t.json", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range in.Design.Triggers() {
		got = append(got, fmt.Sprintf("%s %s > %s", x.Kind, x.From, x.To))
	}
	slices.Sort(got)
	if want := []string{"metric-filter res/Logs > res/Alarm", "metric-filter res/Logs > res/Together", "replay res/All > res/Rule", "replay res/Own > res/Bus"}; !slices.Equal(got, want) {
		t.Errorf("%q, not\n%q", got, want)
	}
	for id, arn := range map[string]string{"res/Own": "arn:aws:events:us-east-1:123456789012:archive/own", "res/P": "arn:aws:osis:us-east-1:123456789012:pipeline/p"} {
		found := false
		for _, r := range in.Design.Resources() {
			if string(r.ID) == id {
				if found = true; r.ARN != arn {
					t.Errorf("%s is %q, not %q", id, r.ARN, arn)
				}
				if id == "res/P" && r.Role != "role/R" {
					t.Errorf("the pipeline acts as %q", r.Role)
				}
			}
		}
		if !found {
			t.Errorf("no %s", id)
		}
	}
}
