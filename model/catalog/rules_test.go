package catalog

import (
	"slices"
	"strings"
	"testing"
)

// A pattern that fits no action is a slip of the pen, or AWS renamed something.
func TestRulesFitSomething(t *testing.T) {
	c := Load()
	fits := func(service, pattern string) bool {
		for _, a := range c.Actions(service) {
			if match(pattern, a.Name) {
				return true
			}
		}
		return false
	}
	for service, list := range rules {
		if len(c.Actions(service)) == 0 {
			t.Errorf("rules for %s: no such service", service)
		}
		for _, r := range list {
			if r.why == "" || r.are == 0 {
				t.Errorf("the rule %q of %s lacks its reason or what it gives", r.actions, service)
			}
			for p := range strings.FieldsSeq(r.actions) {
				if !fits(service, p) {
					t.Errorf("the rule %q of %s fits no action", p, service)
				}
			}
		}
	}
	for service, patterns := range contents {
		if len(c.Actions(service)) == 0 {
			t.Errorf("contents of %s: no such service", service)
		}
		for p := range strings.FieldsSeq(patterns) {
			if !fits(service, p) {
				t.Errorf("contents %q of %s fits no action", p, service)
			}
		}
	}
}

// A rule may not hide a later one of its service wholly.
func TestRulesAreReached(t *testing.T) {
	c := Load()
	for service, list := range rules {
		for i, r := range list {
			reached := false
			for _, a := range c.Actions(service) {
				first := -1
				for j := range list {
					if list[j].fits(a.Name) {
						first = j
						break
					}
				}
				reached = reached || first == i
			}
			if !reached {
				t.Errorf("the rule %q of %s is never the first that fits", r.actions, service)
			}
		}
	}
}

// Whatever the tables say, no action is good for nothing, what AWS calls tagging or list never floods anything by
// default, and what changes permissions is never taken for less.
func TestEveryActionIsGoodForSomething(t *testing.T) {
	for _, a := range Load().Expand("*") {
		if a.Capabilities == 0 {
			t.Errorf("%s is good for nothing", a)
		}
		if slices.ContainsFunc(labels, func(r rule) bool { return r.fits(a.Name) }) {
			if a.Capability().IsHit() {
				t.Errorf("%s is about labels but good for %s", a, join(a.Capabilities))
			}
			continue
		}
		if a.Level == LevelTagging && a.Capabilities != can(Tag) {
			t.Errorf("%s is of level tagging but good for %s", a, join(a.Capabilities))
		}
		// AWS's level write for something harmless is rare enough to be listed.
		if a.Level == LevelWrite && !a.Capability().IsHit() && !harmless[a.String()] {
			t.Errorf("%s is of level write but only good for %s", a, join(a.Capabilities))
		}
	}
}

var harmless = map[string]bool{
	"iot:Connect": true, "kafka-cluster:Connect": true,
	"kms:GenerateRandom": true, "kms:Verify": true, "kms:VerifyMac": true,
	"rds-data:BeginTransaction": true, "rds-data:CommitTransaction": true, "rds-data:RollbackTransaction": true,
	"sts:DecodeAuthorizationMessage": true, "sts:SetSourceIdentity": true, "sts:SetContext": true,
}
