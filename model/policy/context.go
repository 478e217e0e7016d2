package policy

import (
	"maps"
	"slices"
	"strings"
)

// presence says what is known of a condition key.
type presence uint8

const (
	absent presence = iota
	present
	open // the key may have any value or none
)

// OrAbsent after the values of a key in a Context leaves open whether the key is there at all: conditions that this tells apart are
// undecided, as in an open request. As a variable such a key is absent.
const OrAbsent = "\x00or absent"

// multivalued are global keys with a list of values: "you can use any single-valued condition context key as a
// policy variable", and none of these ("AWS global condition context keys" tells which they are).
var multivalued = map[string]bool{
	"aws:calledvia": true, "aws:tagkeys": true, "aws:principalorgpaths": true, "aws:resourceorgpaths": true,
	"aws:sourceorgpaths": true, "aws:vpceorgpaths": true, "aws:principalservicenameslist": true,
}

// A view is what a request tells of its condition keys: those that it gives, and those that follow from its
// principal and resource ("AWS global condition context keys").
type view struct {
	req      *Request
	caller   caller
	resource string   // account of the resource
	tags     presence // whether the resource's tags count
	filled   []byte   // memory of matchFilled
}

// told is what a request says of a lower-case key.
func (r *Request) told(key string) (values []string, ok bool) {
	if len(r.Over) > 0 {
		if values, ok = r.Over[key]; ok {
			return values, true
		}
	}
	values, ok = r.Context[key]
	return values, ok
}

// whole is all that a request says of its keys, in a map of its own.
func (r *Request) whole() Context {
	out := make(Context, len(r.Context)+len(r.Over))
	maps.Copy(out, r.Context)
	maps.Copy(out, r.Over)
	return out
}

// get returns the values of a lower-case key. A value that is derived lies in buf.
func (v *view) get(key string, buf *[1]string) ([]string, presence) {
	if len(v.req.Absent) > 0 && slices.Contains(v.req.Absent, key) {
		return nil, absent
	}
	if v.tags != present && (strings.HasPrefix(key, "aws:resourcetag/") || strings.HasPrefix(key, "s3:buckettag/")) {
		return nil, v.tags
	}
	if values, ok := v.req.told(key); ok {
		if len(values) == 0 {
			return nil, absent
		}
		return values, present
	}
	if s, st := v.derived(key); st != open {
		buf[0] = s
		return buf[:], st
	}
	if v.req.Open {
		return nil, open
	}
	return nil, absent
}

// variable is the value of a lower-case key in a pattern, or its default. A key that has several values cannot be
// a variable ("IAM policy elements: Variables and tags").
func (v *view) variable(key, fallback string, hasFallback bool) (string, presence) {
	if !multivalued[key] {
		var buf [1]string
		switch values, st := v.get(key, &buf); {
		case st == open:
			return "", open
		case st == present && len(values) == 1:
			return values[0], present
		}
	}
	if hasFallback {
		return fallback, present
	}
	return "", absent
}

// derived gives the keys that follow from principal and resource; open where they tell nothing.
func (v *view) derived(key string) (string, presence) {
	c := &v.caller
	switch {
	case strings.HasPrefix(key, "aws:"):
	case key == "kms:calleraccount" && c.isIAM():
		return c.account, present
	case key == "s3:resourceaccount" && v.resource != "":
		return v.resource, present
	default:
		return "", open
	}
	switch key[len("aws:"):] {
	case "principalarn":
		switch c.typ {
		case typeSession:
			return "arn:" + c.partition + ":iam::" + c.account + ":role/" + c.name, present
		case typeUser, typeRole, typeFederated, typeRoot:
			return c.arn, present
		case typeUnknown, typeService, typeProvider, typeAnonymous:
			return "", absent
		}
	case "principalaccount":
		switch {
		case c.isIAM():
			return c.account, present
		case c.typ == typeAnonymous:
			return "anonymous", present
		}
		return "", absent
	case "principaltype":
		switch c.typ {
		case typeRoot:
			return "Account", present
		case typeUser:
			return "User", present
		case typeRole, typeSession:
			return "AssumedRole", present
		case typeFederated:
			return "FederatedUser", present
		case typeAnonymous:
			return "Anonymous", present
		case typeUnknown, typeService, typeProvider:
		}
		return "", absent
	case "username":
		if c.typ == typeUser {
			return c.name, present
		}
		return "", absent
	case "userid":
		switch c.typ {
		case typeRoot:
			return c.account, present
		case typeAnonymous:
			return "anonymous", present
		case typeFederated:
			return c.account + ":" + c.name, present
		case typeUnknown, typeUser, typeRole, typeSession, typeService, typeProvider:
		}
	case "principalisawsservice":
		if c.typ == typeService {
			return "true", present
		}
		if c.isIAM() {
			return "false", present
		}
	case "principalservicename":
		if c.typ == typeService {
			return c.arn, present
		}
		if c.isIAM() {
			return "", absent
		}
	case "resourceaccount":
		if v.resource != "" {
			return v.resource, present
		}
	}
	return "", open
}
