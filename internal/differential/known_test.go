package differential

import (
	"slices"
	"strings"
)

// A difference is a class of disagreements in which AWS's documentation decides against the other engine, or is
// silent. README.md tells each, with the document.
//
//	case --rewrite--> a case that says the same --> the answer that Bulkhead gave, from both engines
type difference struct {
	name string
	// rewrite says the same as the case without what the other engine does otherwise; nil where the case has
	// nothing of it.
	rewrite func(*drawn) *drawn
}

var known = []difference{
	{"old version", func(c *drawn) *drawn {
		// Variables are plain text there, and no request holds this text.
		found := false
		for _, d := range c.documents() {
			if d["Version"] != "2012-10-17" {
				d["Version"] = "2012-10-17"
				found = replace(d, "${", "§{") || found
			}
		}
		return when(found, c)
	}},
	{"root user", func(c *drawn) *drawn {
		if !strings.HasSuffix(c.Request.Principal, ":root") {
			return nil
		}
		if strings.EqualFold(c.Request.Action, "sts:AssumeRole") {
			c.Resource = document{"Version": "2012-10-17", "Statement": denials(c.Resource)}
			return c
		}
		c.Identity = []document{everything("")}
		return c
	}},
	{"federated user and STS", func(c *drawn) *drawn {
		if !strings.Contains(c.Request.Principal, ":federated-user/") || !strings.HasPrefix(strings.ToLower(c.Request.Action), "sts:") {
			return nil
		}
		c.Resource = document{"Version": "2012-10-17", "Statement": denials(c.Resource)}
		return c
	}},
	{"service-linked role", func(c *drawn) *drawn {
		if !strings.Contains(c.Request.Principal, "/AWSServiceRoleFor") || len(c.SCPs)+len(c.RCPs) == 0 {
			return nil
		}
		c.SCPs, c.RCPs = nil, nil
		return c
	}},
	{"service without RCPs", func(c *drawn) *drawn {
		service, _, _ := strings.Cut(strings.ToLower(c.Request.Action), ":")
		if len(c.RCPs) == 0 || slices.Contains([]string{"s3", "sqs", "kms", "sts"}, service) {
			return nil
		}
		c.RCPs = nil
		return c
	}},
	{"epoch seconds", func(c *drawn) *drawn {
		found := false
		if c.Request.Context["aws:CurrentTime"] == "1704067200" {
			c.Request.Context["aws:CurrentTime"], found = "2024-01-01T00:00:00Z", true
		}
		for _, d := range c.documents() {
			found = replace(d, "1704067200", "2024-01-01T00:00:00Z") || found
		}
		return when(found, c)
	}},
	{"line break", func(c *drawn) *drawn {
		found := c.Request.Context["aws:PrincipalTag/team"] == "r\nd"
		if found {
			c.Request.Context["aws:PrincipalTag/team"] = "r§d"
		}
		return when(found, c)
	}},
	{"all IPv4 addresses", func(c *drawn) *drawn {
		found := false
		for _, d := range c.documents() {
			found = replaceWith(d, "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1") || found
			found = replaceWith(d, "::/0", "::/1", "8000::/1") || found
		}
		return when(found, c)
	}},
	{"NotPrincipal with the account", func(c *drawn) *drawn {
		// Others of the account are denied all the same.
		found := false
		for _, d := range append([]document{c.Resource}, c.Endpoint...) {
			if d == nil {
				continue
			}
			for _, s := range statementsOf(d) {
				if m, ok := s["NotPrincipal"].(document); ok && m["AWS"] != nil {
					m["AWS"] = slices.DeleteFunc(listOf(m["AWS"]), func(v any) bool {
						is := v == home || v == away || strings.HasSuffix(v.(string), ":root")
						found = found || is
						return is
					})
					m["AWS"] = append(m["AWS"].([]any), "arn:aws:iam::333333333333:user/nobody")
				}
			}
		}
		return when(found, c)
	}},
	{"escape where * is no wildcard", func(c *drawn) *drawn {
		found := false
		c.eachCondition(func(operator, _ string, keys document) {
			if strings.Contains(operator, "Equals") && strings.Contains(operator, "String") {
				found = replace(keys, "${*}", "*") || found
			}
		})
		return when(found, c)
	}},
	{"a short ARN in an RCP", func(c *drawn) *drawn {
		found := false
		for _, level := range c.RCPs {
			for _, d := range level {
				found = replaceWith(d, "arn:aws:sqs:*", "arn:aws:sqs:*:*:*") || found
			}
		}
		return when(found, c)
	}},
	{"an empty list and Null", func(c *drawn) *drawn {
		found := false
		for key, value := range c.Request.Context {
			if list, ok := value.([]any); ok && len(list) == 0 {
				delete(c.Request.Context, key)
				found = true
			}
		}
		return when(found, c)
	}},
	{"ForAnyValue and IfExists on a key that is not there", func(c *drawn) *drawn {
		found := false
		c.eachCondition(func(operator, key string, keys document) {
			if strings.HasPrefix(operator, "ForAnyValue:") && strings.HasSuffix(operator, "IfExists") && c.lacks(key) {
				delete(keys, key)
				found = true
			}
		})
		return when(found, c)
	}},
	{"IPv6 address and IPv4 range", func(c *drawn) *drawn {
		if c.Request.Context["aws:SourceIp"] != "2001:db8::1" {
			return nil
		}
		c.Request.Context["aws:SourceIp"] = "198.51.100.9"
		for _, d := range c.documents() {
			replaceWith(d, "0.0.0.0/0", "10.0.0.0/8")
			replaceWith(d, "::/0", "198.51.0.0/16")
			replaceWith(d, "2001:db8::/32", "198.51.100.0/24")
		}
		return c
	}},
	{"direct grant and session policy or boundary", func(c *drawn) *drawn {
		// An implicit deny does not limit it.
		if c.Resource == nil {
			return nil
		}
		direct := false
		for _, s := range statementsOf(c.Resource) {
			p := s["Principal"]
			if m, ok := p.(document); ok {
				p = m["AWS"]
			}
			for _, v := range listOf(p) {
				direct = direct || v == "*" || v == c.Request.Principal
			}
		}
		if !direct || c.Session == nil && c.Boundary == nil {
			return nil
		}
		if c.Session != nil {
			c.Session[0]["Statement"] = append(anyList(c.Session[0]), everything("")["Statement"])
		}
		if c.Boundary != nil {
			*c.Boundary = append(*c.Boundary, everything(""))
		}
		return c
	}},
}

// eachCondition calls f with each key of each condition, and what holds it.
func (c *drawn) eachCondition(f func(operator, key string, keys document)) {
	for _, s := range c.statements() {
		operators, _ := s["Condition"].(document)
		for operator, keys := range operators {
			for key := range keys.(document) {
				f(operator, key, keys.(document))
			}
		}
	}
}

// lacks tells whether the request has no value for a key.
func (c *drawn) lacks(key string) bool {
	for k, v := range c.Request.Context {
		if strings.EqualFold(k, key) {
			list, ok := v.([]any)
			return ok && len(list) == 0
		}
	}
	return true
}

func when(found bool, c *drawn) *drawn {
	if found {
		return c
	}
	return nil
}

func everything(principal string) document {
	s := document{"Effect": "Allow", "Action": "*", "Resource": "*"}
	if principal != "" {
		s["Principal"] = principal
	}
	return document{"Version": "2012-10-17", "Statement": s}
}

func anyList(d document) (out []any) {
	for _, s := range statementsOf(d) {
		out = append(out, s)
	}
	return out
}

// denials lists a document's denials, and one that never holds.
func denials(d document) []any {
	out := []any{}
	if d != nil {
		for _, s := range statementsOf(d) {
			if s["Effect"] == "Deny" {
				out = append(out, s)
			}
		}
	}
	return append(out, document{"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"})
}

func listOf(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// replace replaces text in every string of a document.
func replace(v any, old, with string) bool {
	return walk(v, func(s string) []string {
		if !strings.Contains(s, old) {
			return nil
		}
		return []string{strings.ReplaceAll(s, old, with)}
	})
}

// replaceWith replaces a string that is the whole value by others.
func replaceWith(v any, old string, with ...string) bool {
	return walk(v, func(s string) []string {
		if s != old {
			return nil
		}
		return with
	})
}

// walk replaces strings by what f gives for them, if it does.
func walk(v any, f func(string) []string) (found bool) {
	put := func(value any, set func(any)) {
		if s, ok := value.(string); ok {
			if out := f(s); len(out) == 1 {
				set(out[0])
				found = true
			} else if len(out) > 1 {
				set(slices.Clone(out))
				found = true
			}
			return
		}
		if list, ok := value.([]any); ok {
			var out []any
			for _, item := range list {
				if s, ok := item.(string); ok {
					if with := f(s); with != nil {
						found = true
						for _, w := range with {
							out = append(out, w)
						}
						continue
					}
				}
				found = walk(item, f) || found
				out = append(out, item)
			}
			set(out)
			return
		}
		found = walk(value, f) || found
	}
	switch v := v.(type) {
	case document:
		for k, value := range v {
			put(value, func(with any) { v[k] = with })
		}
	case []any:
		for i, value := range v {
			put(value, func(with any) { v[i] = with })
		}
	}
	return found
}
