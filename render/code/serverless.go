package code

import (
	"strings"
)

// serverless is a service whose functions have the roles of the resources. Serverless reads ${aws:…} as a variable of its own
// wherever it stands, so policy variables are always said by Fn::Sub, as ${!aws:…}.
func serverless(s *sheet) string {
	t := &template{sheet: s, always: true}
	out := mapping(pair{"service", scalar(serviceName(s.Design.Info().Name))}, pair{"provider", mapping(pair{"name", scalar("aws")})})
	functions := mapping()
	keys := map[string]bool{}
	for _, f := range s.Design.Functions() {
		for _, e := range s.roles {
			key := camel(f.LogicalID)
			if e.ID != f.Role || f.Handler == "" || keys[strings.ToLower(key)] {
				continue
			}
			keys[strings.ToLower(key)] = true
			p := mapping(pair{"handler", scalar(f.Handler)})
			if f.Runtime != "" {
				p.put("runtime", scalar(f.Runtime))
			}
			p.put("role", scalar(e.Name))
			functions.put(key, p)
		}
	}
	if len(functions.pairs) > 0 {
		out.put("functions", functions)
	}
	resources := mapping()
	for _, e := range s.roles {
		t.putRole(&resources, e)
	}
	all := mapping()
	if len(s.fills) > 0 {
		all.put("Parameters", t.parameters())
	}
	all.put("Resources", resources)
	out.put("resources", all)
	return "# " + s.about() + "\n" + out.document()
}

// serviceName is a name that Serverless takes for a service: letters, digits and hyphens, a letter first.
func serviceName(s string) string {
	out := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, s)
	out = strings.Trim(out, "-0123456789")
	if out == "" {
		return "policies"
	}
	return out
}
