package live

import (
	"encoding/json"
	"slices"
)

// Policy is the policy that reading with these options needs, and no more, as JSON.
func Policy(o Options) ([]byte, error) {
	type statement struct {
		Sid, Effect string
		Action      []string
		Resource    string
	}
	document := struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"BulkheadReadOnly", "Allow", o.actions(), "*"}}}
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

func (o Options) actions() []string {
	var out []string
	for _, x := range o.calls() {
		if a := x.permission(); a != "" {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
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
