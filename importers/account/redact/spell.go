package redact

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bulkhead/model/catalog"
)

// A spelling is a string taken apart.
type spelling struct {
	parts      []part
	arn        bool // it is an ARN, or stands for some: a pattern among ARNs
	structural bool // AWS's own words may match its tokens
}

// A part is what is kept as it is, a token, a wildcard, or a variable.
type part struct {
	kind partKind
	text string
	tok  *token
	key  spelling // of a variable: its key
	def  spelling // … and its default
	more bool     // … which it has
}

type partKind uint8

const (
	kept partKind = iota
	named
	star
	question
	variable
)

// literal reports whether a part is text, not a wildcard.
func (p part) literal() bool { return p.kind == kept || p.kind == named }

// wild reports whether a spelling has wildcards or variables.
func (s spelling) wild() bool {
	return slices.ContainsFunc(s.parts, func(p part) bool { return !p.literal() })
}

func keptText(text string) spelling {
	if text == "" {
		return spelling{}
	}
	return spelling{parts: []part{{kind: kept, text: text}}}
}

func (s *spelling) add(more spelling) {
	s.parts = append(s.parts, more.parts...)
	s.structural = s.structural || more.structural
}

// publicHosts are identity providers and the like that tell nothing of who uses them.
var publicHosts = []string{
	"token.actions.githubusercontent.com", "gitlab.com", "accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com",
	"app.terraform.io", "agent.buildkite.com", "sts.amazonaws.com", "sso.amazonaws.com",
}

var (
	amazonHost = regexp.MustCompile(`[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|on\.aws)\b`)
	ownPath    = regexp.MustCompile(`(^|/)aws/[A-Za-z0-9-]+`)
	// Ids that AWS makes keep what they are ids of.
	madeID = regexp.MustCompile(`(^|[^A-Za-z0-9])((vpc|vpce|subnet|sg|eni|vol|ami|fs|fsap|igw|nat|rtb|acl|lt|snap|i)-)[0-9a-f]{8,17}\b`)
	orgID  = regexp.MustCompile(`(^|/)((o|ou|r)-)[a-z0-9]{4,32}(-[a-z0-9]{8,32})?(/|$)`)
	// Roles that AWS makes in an account.
	ownRole = regexp.MustCompile(`(^|/)(service-role/|aws-reserved/|aws-service-role/.*|AWSReservedSSO_|AWSServiceRoleFor[A-Za-z0-9_]*)`)
	region  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)
	unique  = regexp.MustCompile(`^(AIDA|AROA|AGPA|ANPA|AIPA|ANVA|ASCA|APKA|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,}$`)
	method  = regexp.MustCompile(`^(GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS|ANY)$`)
)

// own lists the ranges of a text that are AWS's own words wherever they stand.
func own(text string) [][2]int {
	var out [][2]int
	add := func(re *regexp.Regexp, group int) {
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			out = append(out, [2]int{m[2*group], m[2*group+1]})
		}
	}
	for _, h := range publicHosts {
		if i := strings.Index(text, h); i >= 0 {
			out = append(out, [2]int{i, i + len(h)})
		}
	}
	for _, m := range amazonHost.FindAllStringIndex(text, -1) {
		// What a customer has in front of them is not theirs: ID.execute-api.REGION.amazonaws.com.
		labels := strings.Split(text[m[0]:m[1]], ".")
		from, domain := m[1], 2
		if labels[len(labels)-1] == "cn" {
			domain = 3
		}
		for i := len(labels) - 1; i >= 0; i-- {
			if l := labels[i]; i < len(labels)-domain && !region.MatchString(l) && !hostWords[l] && catalog.Load().ServiceName(l) == "" {
				break
			}
			if from -= len(labels[i]); i < len(labels)-1 {
				from--
			}
		}
		out = append(out, [2]int{from, m[1]})
	}
	add(ownPath, 0)
	add(ownRole, 2)
	add(madeID, 2)
	add(orgID, 2)
	return out
}

// hostWords are labels of AWS's hosts that are no service prefixes.
var hostWords = map[string]bool{"lambda-url": true, "oidc": true, "eks": true, "delivery": true, "signin": true, "edgelambda": true, "replicator": true, "continuous-export": true, "vpc-flow-logs": true, "monitoring": true, "email": true}

// name spells text that is somebody's own: all of its tokens are coded.
func (c *coder) name(text string) spelling {
	return c.spell(text, func(int, string) bool { return false })
}

// spell spells text whose tokens are coded but those that keep takes.
func (c *coder) spell(text string, keep func(at int, token string) bool) spelling {
	var out spelling
	ranges := own(text)
	flush := func(s string) {
		if n := len(out.parts); n > 0 && out.parts[n-1].kind == kept {
			out.parts[n-1].text += s
		} else {
			out.parts = append(out.parts, part{kind: kept, text: s})
		}
	}
	for i := 0; i < len(text); {
		switch b := text[i]; {
		case b == '*':
			out.parts = append(out.parts, part{kind: star, text: "*"})
			i++
		case b == '?':
			out.parts = append(out.parts, part{kind: question, text: "?"})
			i++
		case strings.HasPrefix(text[i:], "${"):
			end := strings.IndexByte(text[i:], '}')
			if end < 0 {
				flush("${")
				i += 2
				continue
			}
			out.parts = append(out.parts, c.variable(text[i+2:i+end]))
			i += end + 1
		case !inToken(b):
			flush(text[i : i+1])
			i++
		default:
			end := i
			for end < len(text) && inToken(text[end]) {
				end++
			}
			word := text[i:end]
			if keep(i, word) || slices.ContainsFunc(ranges, func(r [2]int) bool { return r[0] <= i && end <= r[1] }) {
				flush(word)
				c.kept[word] = true
			} else {
				out.parts = append(out.parts, part{kind: named, text: word, tok: c.token(word)})
			}
			i = end
		}
	}
	return out
}

// inToken reports whether a byte is of a token: a letter or digit. All that is not ASCII is taken for letters.
func inToken(b byte) bool {
	return b >= utf8.RuneSelf || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// variable spells what stands between ${ and }.
func (c *coder) variable(text string) part {
	key, def, more := strings.Cut(text, ",")
	p := part{kind: variable, text: text, more: more}
	switch key {
	case "*", "?", "$":
		p.key = keptText(key)
	default:
		p.key = c.conditionKey(key)
	}
	if more {
		p.def = c.name(def)
	}
	return p
}

// arn spells an ARN or a pattern of ARNs.
func (c *coder) arn(text string) spelling {
	fields := fieldsOf(text)
	if strings.HasPrefix(text, "arn:") && len(fields) >= 6 && fields[4] == "aws" && fields[2] == "iam" {
		return keptText(text) // AWS's own policy
	}
	out := spelling{arn: true}
	for i, f := range fields {
		if i > 0 {
			out.add(keptText(":"))
		}
		last := i == len(fields)-1
		switch {
		case i == 0 && f == "arn", i == 1 && strings.HasPrefix(f, "aws") && !last, i == 1 && f == "*" && !last, f == "":
			out.add(c.keptField(f))
		case i == 2 && !last && (catalog.Load().ServiceName(f) != "" || catalog.Load().ResourceTypes(f) != nil || strings.ContainsAny(f, "*?$") || f == "execute-api"),
			i == 3 && !last && (region.MatchString(f) || strings.ContainsAny(f, "*?$")):
			out.add(c.keptField(f))
		case i == 4 && !last && !strings.ContainsAny(f, "/-"):
			out.add(c.name(f))
		case i == 5:
			out.add(c.resourcePart(fields[2], f))
		default: // a wildcard crosses fields, or it is no ARN after all
			s := c.name(f)
			s.structural = true
			out.add(s)
		}
	}
	return out
}

// keptField is a field of AWS's own words, in which there may be wildcards and variables.
func (c *coder) keptField(f string) spelling {
	return c.spell(f, func(int, string) bool { return true })
}

// fieldsOf splits at the first five colons that are not in variables.
func fieldsOf(text string) []string {
	var out []string
	depth, from := 0, 0
	for i := 0; i < len(text) && len(out) < 5; i++ {
		switch {
		case strings.HasPrefix(text[i:], "${"):
			depth++
		case text[i] == '}' && depth > 0:
			depth--
		case text[i] == ':' && depth == 0:
			out = append(out, text[from:i])
			from = i + 1
		}
	}
	return append(out, text[from:])
}

// resourcePart spells the last field of an ARN. Segments that AWS's form of a service's ARNs has at that place are kept,
// their beginnings before a wildcard as well where nothing else can stand there.
func (c *coder) resourcePart(service, text string) spelling {
	if text == "root" && service == "iam" {
		return keptText(text)
	}
	forms := c.forms(service)
	var keep [][2]int
	at, end := 0, 0
	open := forms
	for i := 0; at <= len(text); i++ {
		end = at
		for depth := 0; end < len(text) && (depth > 0 || text[end] != '/' && text[end] != ':'); end++ {
			if strings.HasPrefix(text[end:], "${") {
				depth++
			} else if text[end] == '}' && depth > 0 {
				depth--
			}
		}
		segment := text[at:end]
		literal, rest, wild := cutWild(segment)
		var next [][]string
		fixed, free := false, false
		for _, f := range open {
			switch {
			case i >= len(f):
			case f[i] == anyName:
				free = true
				next = append(next, f)
			case f[i] == segment:
				fixed = true
				next = append(next, f)
			case wild && strings.HasPrefix(f[i], literal) && literal != "" && rest != "":
				next = append(next, f)
			}
		}
		if fixed {
			// A word of AWS's at its place, whatever else may stand there.
			keep = append(keep, [2]int{at, end})
			next = slices.DeleteFunc(next, func(f []string) bool { return f[i] == anyName })
		} else if len(next) > 0 && !free && wild {
			keep = append(keep, [2]int{at, at + len(literal)})
		}
		switch {
		case service == "lambda" && i >= 2 && (segment == "$LATEST" || digits(segment)),
			service == "events" && segment == "default",
			(service == "execute-api" || service == "*") && method.MatchString(segment):
			keep = append(keep, [2]int{at, end})
		}
		open = next
		at = end + 1
	}
	out := c.spell(text, func(i int, token string) bool {
		return slices.ContainsFunc(keep, func(r [2]int) bool { return r[0] <= i && i+len(token) <= r[1] })
	})
	if strings.ContainsAny(service, "*?") {
		out.structural = true
	}
	return out
}

// cutWild is a text up to its first wildcard or variable.
func cutWild(s string) (literal, rest string, wild bool) {
	if i := strings.IndexAny(s, "*?$"); i >= 0 {
		return s[:i], s[i:], true
	}
	return s, "", false
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// moreForms are ARNs that services have and AWS's reference does not list.
var moreForms = map[string][]string{
	"sts":    {"assumed-role/${Role}/${Session}", "federated-user/${User}"},
	"logs":   {"log-group:${Group}:log-stream:${Stream}"},
	"lambda": {"function:${Function}:${Version}"},
	"iam":    {"oidc-provider/${Url}", "saml-provider/${Name}"},
}

// anyName is a segment that somebody names.
const anyName = "${}"

// forms are the resource parts of a service's ARNs, split at slashes and colons.
func (c *coder) forms(service string) [][]string {
	if f, ok := c.shapes[service]; ok {
		return f
	}
	services := []string{service}
	if strings.ContainsAny(service, "*?") {
		services = catalog.Load().Services()
	}
	var out [][]string
	seen := map[string]bool{}
	add := func(form string) {
		if seen[form] {
			return
		}
		seen[form] = true
		var segments []string
		for _, s := range strings.Split(strings.ReplaceAll(form, ":", "/"), "/") {
			if strings.Contains(s, "${") {
				s = anyName
			}
			segments = append(segments, s)
		}
		out = append(out, segments)
	}
	for _, name := range services {
		for _, t := range catalog.Load().ResourceTypes(name) {
			for _, a := range t.ARNs {
				if f := fieldsOf(a); len(f) == 6 {
					add(f[5])
				}
			}
		}
		for _, f := range moreForms[name] {
			add(f)
		}
	}
	c.shapes[service] = out
	return out
}
