package live

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
)

var getTemplate = op(operation{of: cloudFormationService, name: "GetTemplate", needs: func(o Options) bool { return o.Template != nil }, reads: "templates of stacks, into files beside the snapshot"})

type templateAnswer struct{ TemplateBody string }

// template hands on the template of a stack. It goes round the journal: nobody knows what it holds.
func (t *taker) template(ctx context.Context, s Stack) {
	if !t.options.asks(getTemplate) {
		return
	}
	region := strings.Split(s.StackId+":::::", ":")[3]
	var a templateAnswer
	err := t.try(ctx, region, getTemplate, args{"StackName": s.StackId}, &a)
	var f *Fault
	switch {
	case errors.As(err, &f):
		t.problem(getTemplate, region, s.StackName, f)
	case err != nil:
		t.stop(err)
	case a.TemplateBody != "":
		t.mu.Lock()
		defer t.mu.Unlock()
		if err := t.options.Template(region, s.StackName, []byte(a.TemplateBody)); err != nil {
			t.stop(err)
		}
	}
}

// TemplateName is what a stack's template is called as a file.
func TemplateName(region, stack string, body []byte) string {
	if json.Valid(body) {
		return region + "-" + stack + ".json"
	}
	return region + "-" + stack + ".yaml"
}
