package model

import (
	"cmp"
	"strings"
)

// ItemFilter is which of a bucket's objects a map takes its items from: that of a key, or those whose keys begin alike; "" for any.
func ItemFilter(key, prefix string) Filter {
	return Filter{Events: []string{"s3:ObjectCreated:*"}, Prefix: cmp.Or(key, prefix), Suffix: key}
}

// Explains reports whether a trigger is one that a service makes, named as before ".amazonaws.com": why the service may
// call what it starts.
func (t *Trigger) Explains(service string) bool {
	switch service {
	case "apigateway":
		return t.Kind == "api-route" || t.Kind == "authorizer"
	case "events":
		return t.Kind == "event-rule" || t.Kind == "schedule"
	case "scheduler":
		return t.Kind == "schedule"
	case "sns":
		return t.Kind == "sns-subscription"
	case "s3":
		return t.Kind == "s3-notification"
	case "logs":
		return t.Kind == "log-subscription"
	}
	return t.Event == service || strings.HasPrefix(t.Kind, service)
}
