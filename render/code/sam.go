package code

import (
	"slices"
	"strings"

	"bulkhead/model"
)

// sam is a template of functions with their Policies, where the transform makes the role, and of roles otherwise.
func sam(s *sheet) string {
	t := &template{sheet: s}
	resources := mapping()
	for _, e := range s.roles {
		if f := s.maker(e); f != nil {
			t.putFunction(&resources, e, f)
		} else {
			t.putRole(&resources, e)
		}
	}
	return t.file(s.about(), "AWS::Serverless-2016-10-31", resources)
}

// isBasicExecution reports whether a policy is what the transform attaches to each role that it makes for a function.
func isBasicExecution(arn string) bool {
	return strings.HasSuffix(arn, ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
}

// maker is the function whose Policies say the same as the role that the transform makes for it, nil where there is none.
func (s *sheet) maker(e *entry) *model.Function {
	if !e.role.Implicit || e.path() != "" || e.roleName() != "" || !slices.ContainsFunc(e.Attached, isBasicExecution) {
		return nil
	}
	if d := e.role.Trust; d == nil || len(d.Statements) != 1 || !d.Statements[0].Equal(trust(&model.Role{}).Statements[0]) || d.Version != "2012-10-17" {
		return nil
	}
	var found *model.Function
	for _, f := range s.Design.Functions() {
		if f.Role != e.ID {
			continue
		}
		if found != nil {
			return nil
		}
		found = f
	}
	if found == nil || found.Handler == "" || found.Runtime == "" || found.LogicalID+"Role" != e.role.LogicalID || camel(found.LogicalID) != found.LogicalID {
		return nil
	}
	return found
}

func (t *template) putFunction(resources *node, e *entry, f *model.Function) {
	p := mapping()
	code := f.Code
	if code == "" {
		code = "src"
	}
	p.put("CodeUri", scalar(strings.TrimSuffix(code, "/")+"/"))
	p.put("Handler", scalar(f.Handler))
	p.put("Runtime", scalar(f.Runtime))
	if b, ok := t.boundary(e); ok {
		p.put("PermissionsBoundary", b)
	}
	rest := *e.Holder // but what the transform attaches unasked
	rest.Attached = slices.DeleteFunc(slices.Clone(e.Attached), isBasicExecution)
	list := t.attached(&entry{Holder: &rest, Name: e.Name})
	for _, d := range e.Inline {
		list = append(list, t.document(d))
	}
	if len(list) > 0 {
		p.put("Policies", listOf(list...))
	}
	resources.put(f.LogicalID, mapping(pair{"Type", scalar("AWS::Serverless::Function")}, pair{"Properties", p}))
	t.beside(resources, e)
}
