package view

import (
	"fmt"
	"strconv"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// Name is what people call an element: its name in the source, else its physical name.
func Name(d *model.Design, id model.ID) string { return d.Name(id) }

// Icon is the icon of an element's sort.
func Icon(d *model.Design, id model.ID) string {
	switch e := d.Element(id).(type) {
	case *model.Function:
		return "function"
	case *model.Role:
		return "role"
	case *model.Policy:
		return "policy"
	case *model.Resource:
		return catalog.KindOf(e.Type).Icon
	case *model.Trigger:
		return triggerIcon(e)
	case *model.Principal:
		if e.Kind == model.Group {
			return "group"
		}
		return "user"
	}
	if reach.Outside(id) {
		return "globe"
	}
	return "resource"
}

func triggerIcon(t *model.Trigger) string {
	switch t.Event {
	case "sqs":
		return "queue"
	case "dynamodb", "kinesis":
		return "stream"
	case "s3":
		return "bucket"
	case "sns":
		return "topic"
	case "schedule":
		return "clock"
	case "events":
		return "bus"
	case "url", "http", "api", "route":
		return "globe"
	}
	if t.Outside {
		return "globe"
	}
	return "route"
}

// countStarts counts the triggers that starts names.
func countStarts(triggers []*model.Trigger) int {
	n := 0
	for _, t := range triggers {
		if t.Kind != "permission" {
			n++
		}
	}
	return n
}

// plural is "1 route", "3 routes".
func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ey"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	case strings.HasSuffix(noun, "s"):
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// starts says what starts a function: "10 routes", "1 queue, 1 schedule", "nothing in the design starts it".
func starts(triggers []*model.Trigger) string {
	var order []string
	count := map[string]int{}
	for _, t := range triggers {
		noun := "trigger"
		switch {
		case t.Kind == "permission":
			continue
		case t.Kind == "api-route" || t.Event == "http" || t.Event == "api":
			noun = "route"
		case t.Kind == "function-url":
			noun = "URL"
		case t.Event == "schedule":
			noun = "schedule"
		case t.Event == "sqs":
			noun = "queue"
		case t.Event == "s3":
			noun = "bucket event"
		case t.Event == "sns":
			noun = "topic"
		case t.Event == "dynamodb" || t.Event == "kinesis":
			noun = "stream"
		case t.Event == "events":
			noun = "rule"
		}
		if count[noun] == 0 {
			order = append(order, noun)
		}
		count[noun]++
	}
	if len(order) == 0 {
		return "no trigger"
	}
	for i, noun := range order {
		order[i] = plural(count[noun], noun)
	}
	return strings.Join(order, ", ")
}

func itoa(n int) string { return strconv.Itoa(n) }

func percent(share float64) string { return render.Percent(share) }

// KindName is what people call a kind of source.
func KindName(kind string) string {
	switch kind {
	case "sam":
		return "SAM"
	case "cloudformation":
		return "CloudFormation"
	case "cdk":
		return "CDK"
	case "serverless":
		return "Serverless Framework"
	case "account":
		return "account"
	case "blank":
		return "new design"
	}
	return kind
}
