package live

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Policy is the policy that reading with these options needs, and no more, as JSON.
func Policy(o Options) ([]byte, error) {
	type statement struct {
		Sid, Effect string
		Action      []string
		Resource    any
	}
	all := statement{Sid: "BulkheadReads", Effect: "Allow", Resource: "*"}
	statements := map[string]*statement{"": &all}
	region := ""
	if len(o.Regions) > 0 {
		region = o.Regions[0]
	}
	for _, x := range o.calls() {
		a := x.permission()
		if a == "" {
			continue
		}
		s := statements[strings.Join(x.on, " ")]
		if s == nil {
			var on []string
			for _, arn := range x.on {
				on = append(on, strings.Replace(arn, "arn:*:", "arn:"+partitionOf(region).name+":", 1))
			}
			s = &statement{Sid: "BulkheadReadsSome", Effect: "Allow", Resource: on}
			statements[strings.Join(x.on, " ")] = s
		}
		if !slices.Contains(s.Action, a) {
			s.Action = append(s.Action, a)
		}
	}
	document := struct {
		Version   string
		Statement []*statement
	}{Version: "2012-10-17"}
	for i, key := range slices.Sorted(maps.Keys(statements)) {
		s := statements[key]
		slices.Sort(s.Action)
		if i > 0 {
			s.Sid = fmt.Sprintf("BulkheadReadsSome%d", i)
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
		if x.needs == nil || x.needs(o) {
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
	slices.Sort(out)
	return slices.Compact(out)
}
