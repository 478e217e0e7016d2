package serverless

import (
	"errors"
	"path"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// source is what one source of a variable comes to; nil if it has no value. An error says why a value cannot be told;
// fallback says that there is another source behind it.
func (r *resolver) source(o origin, at *yamlpos.Node, fallback bool) (*yamlpos.Node, error) {
	if !o.called {
		return r.literal(o, at), nil
	}
	address := r.text(o.address, at)
	if given, ok := r.given(o, address, at); ok {
		return quoted(given, at.Span()), nil
	}
	switch o.kind {
	case "self":
		return r.self(r.svc.root, address), nil
	case "opt":
		return r.option(address, at), nil
	case "param":
		return r.param(address), nil
	case "sls":
		switch address {
		case "stage":
			return quoted(r.svc.stage(), at.Span()), nil
		case "instanceId":
			return quoted(r.token("sls", "sls:instanceId", "", ""), at.Span()), nil
		}
		return nil, errors.New("${sls:" + address + "} is none of the framework's variables")
	case "aws":
		switch address {
		case "accountId":
			return quoted(r.svc.account, at.Span()), nil
		case "region":
			return quoted(r.svc.region(), at.Span()), nil
		}
		// A policy's own variable, such as ${aws:username}: what is deployed says it as it is.
		r.note(source.Warning, at.Span(), "${"+o.written+"} is a policy's variable, which the framework takes for one of its own", `It was kept as written; the framework asks for \${`+o.written+"}.")
		return quoted("${"+o.written+"}", at.Span()), nil
	case "env":
		if fallback {
			r.note(source.Info, at.Span(), "the environment variable "+address+" is not read", "Its default was taken; give another value with --param 'env:"+address+"=Value'.")
			return nil, nil
		}
		return nil, errors.New("the environment variable " + address + " is not read")
	case "file":
		return r.file(o, address, at)
	case "strToBool":
		return r.bool(o, at), nil
	case "git":
		return nil, errors.New("what git says (" + o.written + ") is not read")
	case "ssm", "cf", "s3":
		return nil, errors.New("${" + o.written + "} is read from AWS when the service is deployed")
	}
	return nil, errors.New("${" + o.written + "} is not a source of variables that is known")
}

// given is a value from outside for a variable: by all of it (env:NAME), or for options and parameters by name.
func (r *resolver) given(o origin, address string, at *yamlpos.Node) (string, bool) {
	name := o.kind
	if len(o.params) > 0 {
		var params []string
		for _, p := range o.params {
			params = append(params, r.text(p, at))
		}
		name += "(" + strings.Join(params, ", ") + ")"
	}
	if v, ok := r.svc.options.Params[name+":"+address]; ok {
		return v, true
	}
	if o.kind == "param" {
		v, ok := r.svc.options.Params[address]
		return v, ok
	}
	return "", false
}

// literal is a value that is written out as a fallback.
func (r *resolver) literal(o origin, at *yamlpos.Node) *yamlpos.Node {
	if !o.quoted && len(o.value) == 1 && o.value[0].variable != nil {
		return r.variable(o.value[0].variable, at)
	}
	n := quoted(r.text(o.value, at), at.Span())
	if !o.quoted {
		n.Quoted = false
		n.Null = n.Value == "null"
	}
	return n
}

// self follows an address through mappings and lists, resolving what it goes through.
func (r *resolver) self(n *yamlpos.Node, address string) *yamlpos.Node {
	n = r.settle(n)
	if address == "" {
		return n
	}
	for _, key := range strings.Split(address, ".") {
		if n == nil {
			return nil
		}
		switch n.Kind {
		case yamlpos.Mapping:
			n = r.settle(n.Get(key))
		case yamlpos.Sequence:
			i, ok := index(key, len(n.Items()))
			if !ok {
				return nil
			}
			n = r.settle(n.Items()[i])
		default:
			return nil
		}
	}
	return n
}

func index(key string, n int) (int, bool) {
	i := 0
	for _, c := range key {
		if c < '0' || c > '9' || i > n {
			return 0, false
		}
		i = i*10 + int(c-'0')
	}
	return i, key != "" && i < n
}

// option is a command-line option. The stage is always there: the framework names everything after it.
func (r *resolver) option(name string, at *yamlpos.Node) *yamlpos.Node {
	switch name {
	case "stage", "s":
		return quoted(r.svc.stage(), at.Span())
	case "region", "r":
		if r.svc.options.Region != "" {
			return quoted(r.svc.options.Region, at.Span())
		}
	}
	if v, ok := r.svc.options.Params[name]; ok {
		return quoted(v, at.Span())
	}
	return nil
}

// param is a parameter of the service: of compose, of the stage, of all stages.
func (r *resolver) param(name string) *yamlpos.Node {
	if n := r.settle(r.svc.params.Get(name)); n != nil {
		return n
	}
	for _, stage := range []string{r.svc.stage(), "default"} {
		for _, block := range [][]string{{"params", stage}, {"stages", stage, "params"}} {
			n := r.settle(r.svc.root)
			for _, key := range block {
				n = r.settle(n.Get(key))
			}
			if found := r.settle(n.Get(name)); found != nil {
				return found
			}
		}
	}
	return nil
}

// file is what another file of the folder holds, or a part of it.
func (r *resolver) file(o origin, address string, at *yamlpos.Node) (*yamlpos.Node, error) {
	if len(o.params) == 0 {
		return nil, errors.New("file() names no file")
	}
	name := r.text(o.params[0], at)
	switch strings.ToLower(path.Ext(name)) {
	case ".js", ".cjs", ".mjs", ".ts", ".cts", ".mts":
		return nil, errors.New(name + " is code, which is not run")
	}
	root, err := r.svc.include(name)
	if err != nil || root == nil {
		return nil, err
	}
	return r.self(root, address), nil
}

// bool is what strToBool makes of a text.
func (r *resolver) bool(o origin, at *yamlpos.Node) *yamlpos.Node {
	if len(o.params) == 0 {
		return nil
	}
	n := r.settle(r.value(o.params[0], at))
	if n == nil || n.Null {
		return word("false", at.Span())
	}
	switch strings.ToLower(n.Value) {
	case "true", "1":
		return word("true", at.Span())
	case "false", "0", "null", "":
		return word("false", at.Span())
	}
	if strings.HasPrefix(n.Value, "${") {
		return n
	}
	r.note(source.Error, at.Span(), "strToBool takes true, false, 1 or 0", "It was taken as false.")
	return word("false", at.Span())
}
