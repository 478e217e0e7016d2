package policy

import (
	"slices"
	"strings"
)

// rcpServices lists services whose resources RCPs bind ("Resource control policies", services that support RCPs),
// for programs without a catalogue, which knows them all.
var rcpServices = []string{"s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "aoss", "cognito-idp", "logs", "dynamodb"}

// rcpCovers reports whether the stack's resource control policies bind the resources of a service.
func (s *Stack) rcpCovers(service string) bool {
	if c := s.rcpCatalog(); c != nil {
		return c.catalog.CoveredByRCPs(service)
	}
	return slices.Contains(rcpServices, service)
}

// rcpServices lists the services that rcpCovers.
func (s *Stack) rcpServices() []string {
	c := s.rcpCatalog()
	if c == nil {
		return rcpServices
	}
	return slices.DeleteFunc(slices.Clone(c.catalog.Services()), func(name string) bool { return !s.rcpCovers(name) })
}

// rcpCatalog is the first resource control policy that was compiled with a catalogue, nil if none was.
func (s *Stack) rcpCatalog() *Program {
	for _, level := range s.RCPs {
		for _, p := range level {
			if p != nil && p.catalog != nil {
				return p
			}
		}
	}
	return nil
}

func (e *evaluation) rcpBinds() bool {
	c := &e.view.caller
	if len(e.stack.RCPs) == 0 || c.linked || e.is("kms:RetireGrant") {
		return false
	}
	if e.stack.ManagementAccount && c.account == e.view.resource {
		return false
	}
	return e.stack.rcpCovers(e.service)
}

// rcp divides a denial of a resource control policy by its actions: binds is of services whose resources it binds
// whatever the request, perhaps of those where that depends. What names a service that it does not bind denies
// nothing. Either is nil if nothing is left.
func (s *Stack) rcp(st *statement) (binds, perhaps *statement) {
	if st.from.NotAction {
		out := *st
		out.bound = s.rcpServices()
		return nil, &out
	}
	var sure, open []term
	dropped := false
	for _, t := range st.actionTerms() {
		name, _, ok := strings.Cut(lowerASCII(t.text), ":")
		switch {
		case strings.Trim(t.text, "*") == "" && t.text != "":
			dropped = true
			for _, service := range s.rcpServices() {
				every := term{text: service + ":*", pattern: compilePattern(service+":*", syntax{wildcards: true, fold: true})}
				if service == "kms" {
					open = append(open, every)
				} else {
					sure = append(sure, every)
				}
			}
		case !ok || strings.ContainsAny(name, "*?$"):
			open = append(open, t)
		case !s.rcpCovers(name):
			dropped = true
		case name == "kms" && couldBe(t.text, "kms:retiregrant"): // "Resource control policies": retiring a grant is not bound
			open = append(open, t)
		default:
			sure = append(sure, t)
		}
	}
	if !dropped && len(open) == 0 {
		return st, nil
	}
	if !dropped && len(sure) == 0 {
		return nil, st
	}
	return st.part(sure), st.part(open)
}

// part is a statement with other actions, which are some of its own; nil if there are none.
func (s *statement) part(actions []term) *statement {
	if len(actions) == 0 {
		return nil
	}
	out, from := *s, *s.from
	out.actions, from.Actions = nil, nil
	for _, t := range actions {
		out.actions, from.Actions = append(out.actions, t.pattern), append(from.Actions, t.text)
	}
	out.from, out.whole = &from, s.from
	return &out
}

// couldBe reports whether an action pattern matches an action, or may.
func couldBe(pattern, action string) bool {
	_, may := Match(lowerASCII(pattern), action)
	return may
}
