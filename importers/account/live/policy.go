package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Policy is the policy that reading with these options needs, and no more, as JSON.
func Policy(o Options) ([]byte, error) {
	region := ""
	if len(o.Regions) > 0 {
		region = o.Regions[0]
	}
	return printPolicy(o.calls(), nil, region)
}

// printPolicy is a policy that allows calls, and some on some resources only.
func printPolicy(calls []*operation, some map[*operation][]string, region string) ([]byte, error) {
	type statement struct {
		Sid, Effect string
		Action      []string
		Resource    any
	}
	statements := map[string]*statement{}
	add := func(x *operation, on []string) {
		a, key := x.permission(), strings.Join(on, " ")
		if a == "" {
			return
		}
		s := statements[key]
		if s == nil {
			s = &statement{Sid: "BulkheadReads", Effect: "Allow", Resource: "*"}
			if key != "" {
				var arns []string
				for _, arn := range on {
					arns = append(arns, strings.Replace(arn, "arn:*:", "arn:"+partitionOf(region).name+":", 1))
				}
				s.Sid, s.Resource = "BulkheadReadsSome", arns
			}
			statements[key] = s
		}
		if !slices.Contains(s.Action, a) {
			s.Action = append(s.Action, a)
		}
	}
	for _, x := range calls {
		add(x, x.on)
	}
	for x, on := range some {
		add(x, on)
	}
	document := struct {
		Version   string
		Statement []*statement
	}{Version: "2012-10-17"}
	for i, key := range slices.Sorted(maps.Keys(statements)) {
		s := statements[key]
		slices.Sort(s.Action)
		if i > 1 {
			s.Sid += fmt.Sprint(i)
		}
		document.Statement = append(document.Statement, s)
	}
	out, err := json.MarshalIndent(document, "", "  ")
	return append(out, '\n'), err
}

// calls are the operations that reading with these options makes use of.
func (o Options) calls() []*operation {
	var out []*operation
	for _, x := range sortedOperations() {
		if o.asks(x) && !x.aside {
			out = append(out, x)
		}
	}
	return out
}

// Services are the services that reading with these options asks, for people.
func Services(o Options) []string {
	var out []string
	for _, x := range o.calls() {
		if x.of != stsService && x.of != ec2Service {
			out = append(out, x.of.title)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return slices.Compact(out)
}

// A Made call is one that reading makes, for people.
type Made struct {
	Service string // its name
	Call    string // "lambda:ListFunctions"
	Action  string // of IAM, that allows it; "" for none
	Reads   string
}

// Calls are the calls that reading with these options makes.
func Calls(o Options) []Made {
	var out []Made
	for _, x := range o.calls() {
		out = append(out, Made{x.of.title, x.String(), x.permission(), x.reads})
	}
	return out
}

// Prefixes are what Options.Services may hold.
func Prefixes() []string {
	var out []string
	for _, x := range operations {
		if x.of != stsService && x.of != iamService && x.of != ec2Service && x.of != organizationsService {
			out = append(out, cmp.Or(x.of.prefix, x.of.name))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
