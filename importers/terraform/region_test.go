package terraform

import (
	"strings"
	"testing"
)

// A provider that names no region works where the configuration's ARNs lie, if these agree; what the provider says counts more.
func TestRegion(t *testing.T) {
	const queue = "resource \"aws_sqs_queue\" \"q\" {\n  name = \"q\"\n}\n"
	arn := func(region string) string {
		return "locals { a = \"arn:aws:sqs:" + region + ":111122223333:other\" }\n"
	}
	for text, want := range map[string]string{
		queue:                    "us-east-1",
		queue + arn("eu-west-1"): "eu-west-1",
		queue + arn("eu-west-1") + "# " + arn("*"):                                  "eu-west-1",
		queue + "provider \"aws\" {}\n" + arn("us-gov-west-1"):                      "us-gov-west-1",
		queue + "provider \"aws\" { region = \"ap-south-1\" }\n" + arn("eu-west-1"): "ap-south-1",
	} {
		c := readFiles(t, map[string]string{"main.tf": text}, nil)
		if got := c.objects[0].region; got != want {
			t.Errorf("%s: the queue is in %s, want %s", text, got, want)
		}
		told := false
		for _, d := range c.diagnostics {
			told = told || strings.Contains(d.Summary, "region")
		}
		if told != (strings.Contains(text, "arn:aws") && !strings.Contains(text, "ap-south-1")) {
			t.Errorf("%s: told %v", text, c.diagnostics)
		}
	}
	two := readFiles(t, map[string]string{"main.tf": queue + arn("eu-west-1") + strings.Replace(arn("eu-west-2"), "a =", "b =", 1)}, nil)
	if got := two.objects[0].region; got != "us-east-1" {
		t.Errorf("of ARNs in two regions the queue is in %s", got)
	}
}
