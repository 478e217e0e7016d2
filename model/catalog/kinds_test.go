package catalog

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"bulkhead/assets"
)

// The counted families are those of docs/measures.md, and no others.
func TestCountedFamilies(t *testing.T) {
	families := map[string]float64{} // noun → weight
	for name, k := range kinds {
		if k.Counted {
			families[k.Noun] = k.Weight
		} else if k.Weight != 1 {
			t.Errorf("%s is not counted but weighs %v", name, k.Weight)
		}
	}
	want := map[string]float64{"bucket": 1, "table": 2, "queue": 1, "topic": 1, "stream": 1, "event bus": 1, "secret": 3, "parameter": 1,
		"key": 2, "state machine": 1, "file system": 1, "database": 2, "repository": 1}
	for noun, weight := range families {
		if want[noun] != weight {
			t.Errorf("a counted %s weighs %v, want %v", noun, weight, want[noun])
		}
	}
	for noun := range want {
		if _, ok := families[noun]; !ok {
			t.Errorf("no %s is counted", noun)
		}
	}
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]string{
		"AWS::DynamoDB::Table": "table", "AWS::Serverless::SimpleTable": "table", "AWS::S3::Bucket": "bucket",
		"AWS::RDS::DBCluster": "database", "AWS::Logs::LogGroup": "log group", "AWS::EC2::VPC": "resource", "Custom::Thing": "resource", "": "resource",
	} {
		if got := KindOf(name); got.Noun != want || got.Plural == "" || got.Icon == "" {
			t.Errorf("KindOf(%q) = %+v, want a %s", name, got, want)
		}
	}
	for _, name := range []string{"AWS::Logs::LogGroup", "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::ApiGateway::RestApi", "AWS::EC2::VPC", "AWS::S3::AccessPoint"} {
		if KindOf(name).Counted {
			t.Errorf("%s is counted", name)
		}
	}
}

func TestIconsExist(t *testing.T) {
	signs := []string{"route", "clock", "globe", "crown", "star", "mail", "search", "warning", "function", "role", "user", "wave"}
	for _, k := range kinds {
		signs = append(signs, k.Icon)
	}
	signs = append(signs, kindOther.Icon)
	slices.Sort(signs)
	for _, name := range slices.Compact(signs) {
		svg, err := assets.FS.ReadFile("icons/" + name + ".svg")
		if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("there is no icon %s", name)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(svg), `<path d="M`) {
			t.Errorf("icon %s draws nothing", name)
		}
	}
}
