package policy

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// sid checks a statement's Sid: unique in its policy, and in an identity policy of letters and digits alone ("IAM
// JSON policy elements: Sid"). Services with resource policies may allow more: Amazon S3 allows spaces.
func (k *checker) sid(s *Statement, seen map[string]*Statement) {
	if s.Sid == "" || hasUnknown(s.Sid) {
		return
	}
	// Statements at one place are one in the source, read in several ways.
	if first := seen[s.Sid]; first != nil && (first.Span.IsZero() || first.Span != s.Span) {
		k.report(source.Error, "duplicate-sid", Part{Element: "Sid"}, fmt.Sprintf("Sid %q stands twice", s.Sid), "AWS refuses the policy: a Sid is unique in its policy. Both statements are kept.")
	}
	seen[s.Sid] = s
	if s.Principals == nil && strings.Trim(s.Sid, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		k.report(source.Error, "invalid-sid", Part{Element: "Sid"}, fmt.Sprintf("Sid %q has characters beside letters and digits", s.Sid), "IAM refuses the policy. The statement is taken as written.")
	}
}

// meets checks that each action that is named in full has an entry of Resource that it can be used on ("Actions,
// resources, and condition keys for AWS services": an action without resource types needs "*"). Patterns of
// actions are left alone: that some of what s3:* stands for takes no bucket is usual.
func (k *checker) meets(s *Statement) {
	if k.catalog == nil || s.NotAction || s.NotResource || len(s.Resources) == 0 {
		return
	}
	for _, r := range s.Resources {
		if strings.HasPrefix(r, "${") || hasUnknown(r) || !strings.HasPrefix(r, "arn:") && r != "*" {
			return // what it stands for is not known, or said already
		}
	}
	resources := resourcesByService(s.Resources)
	met := map[*catalog.ResourceType]bool{} // asked once a type, so that long lists cost no product of their lengths
	seen := map[*catalog.Action]bool{}
	for _, name := range s.Actions {
		if strings.ContainsAny(name, "*?") {
			continue
		}
		a := k.catalog.Action(name)
		if a == nil || seen[a] || resources == nil {
			continue
		}
		seen[a] = true
		if slices.ContainsFunc(a.Resources, func(rt *catalog.ResourceType) bool {
			m, asked := met[rt]
			if !asked {
				m = meetsOne(rt, resources)
				met[rt] = m
			}
			return m
		}) {
			continue
		}
		part := Part{Element: "Action", Value: name}
		if len(a.Resources) == 0 {
			if slices.ContainsFunc(s.Resources, wholeService) {
				continue // what the services ask for in its place is an ARN of themselves
			}
			k.report(source.Info, "resource-mismatch", part, fmt.Sprintf("AWS lists no resource for %s", a), "By the service authorization reference its Resource is *. With ARNs alone the statement may not match it.")
			continue
		}
		k.report(source.Warning, "resource-mismatch", part, fmt.Sprintf("%s never meets a resource of its statement", a), fmt.Sprintf("AWS lists for it resources such as %s. The statement does not match it.", a.Resources[0].ARNs[0]))
	}
}

// wholeService reports whether a resource is all of a service, such as arn:aws:ssm:us-east-1:123456789012:*.
func wholeService(arn string) bool {
	f := strings.SplitN(arn, ":", 6)
	return strings.Trim(f[len(f)-1], "*") == ""
}

// resourcesByService sorts entries of Resource by the service of their ARNs, those that leave it open under "": nil if
// one of them is every resource.
func resourcesByService(list []string) map[string][]string {
	out := map[string][]string{}
	for _, r := range list {
		if strings.Trim(r, "*") == "" {
			return nil
		}
		service := serviceOf(r)
		out[service] = append(out[service], r)
	}
	return out
}

// serviceOf is the third field of an ARN, "" if it is missing or a pattern.
func serviceOf(arn string) string {
	f := strings.SplitN(arn, ":", 4)
	if len(f) < 4 || strings.ContainsAny(f[2], "*?$") {
		return ""
	}
	return f[2]
}

func meetsOne(rt *catalog.ResourceType, resources map[string][]string) bool {
	if len(rt.ARNs) == 0 || slices.ContainsFunc(resources[""], rt.Matches) {
		return true
	}
	for i, arn := range rt.ARNs {
		service := serviceOf(arn)
		if service == "" { // of any service: ask them all
			for _, list := range resources {
				if slices.ContainsFunc(list, rt.Matches) {
					return true
				}
			}
			return false
		}
		if slices.ContainsFunc(rt.ARNs[:i], func(before string) bool { return serviceOf(before) == service }) {
			continue
		}
		if slices.ContainsFunc(resources[service], rt.Matches) {
			return true
		}
	}
	return false
}

// passRole warns of a statement that lets any role be passed to any service ("Access Analyzer policy check
// reference: Pass role with star in resource").
func (k *checker) passRole(s *Statement) {
	if s.Effect != Allow || s.NotAction || s.NotResource {
		return
	}
	named := false
	for _, a := range s.Actions {
		named = named || strings.EqualFold(a, "iam:PassRole")
	}
	if !named {
		return
	}
	for i := range s.Conditions {
		if strings.EqualFold(s.Conditions[i].Key, "iam:PassedToService") {
			return
		}
	}
	for _, r := range s.Resources {
		if r == "*" {
			k.report(source.Warning, "pass-role-star", Part{Element: "Resource", Value: r}, "iam:PassRole with Resource *", "It lets every role of the account be passed to every service. Name the roles, or add a condition on iam:PassedToService.")
			return
		}
	}
}

// arn checks the fields of an entry of Resource that begins as an ARN.
func (k *checker) arn(r string) {
	f := strings.SplitN(r, ":", 6)
	if hasUnknown(r) {
		return
	}
	if !strings.ContainsAny(f[1], "*?$") && !partitions[f[1]] {
		k.report(source.Error, "malformed-arn", Part{Element: "Resource", Value: r}, fmt.Sprintf("resource %q: there is no partition %q", r, f[1]), "AWS refuses the policy. It is taken as written.")
		return
	}
	if len(f) < 6 {
		// IAM completes a short ARN that ends with a wildcard.
		if !strings.HasSuffix(r, "*") {
			k.report(source.Error, "malformed-arn", Part{Element: "Resource", Value: r}, fmt.Sprintf("resource %q has %d of the six fields of an ARN", r, len(f)), "AWS refuses the policy: arn:partition:service:region:account:resource. It matches nothing.")
		}
		return
	}
	if f[4] != "" && !strings.ContainsAny(f[4], "*?$") && strings.Trim(f[4], "0123456789") == "" && len(f[4]) != 12 {
		k.report(source.Error, "malformed-arn", Part{Element: "Resource", Value: r}, fmt.Sprintf("resource %q: account %q has not 12 digits", r, f[4]), "No resource has such an account. It matches nothing.")
	}
}

// partitions are those of "Amazon Resource Names (ARNs)" and of the AWS SDKs' lists of endpoints.
var partitions = map[string]bool{
	"aws": true, "aws-cn": true, "aws-us-gov": true, "aws-iso": true, "aws-iso-b": true, "aws-iso-e": true, "aws-iso-f": true, "aws-eusc": true,
}
