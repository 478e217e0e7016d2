package policy

import "strings"

// principalType is what kind of caller makes a request.
type principalType uint8

const (
	typeUnknown   principalType = iota
	typeUser                    // IAM user
	typeRole                    // a role, which stands for any session of it
	typeSession                 // assumed-role session
	typeFederated               // session of GetFederationToken
	typeRoot                    // root user of an account
	typeService                 // lambda.amazonaws.com
	typeProvider                // OIDC or SAML provider, or a web identity such as accounts.google.com
	typeAnonymous
)

// A caller is the principal of a request, taken apart.
type caller struct {
	typ       principalType
	asked     string // as in the request
	arn       string // as asked, except of a root user by number
	partition string
	account   string
	name      string // of user, role, federated user: last part of the path
	path      string // of user and role: the path and name, "service-role/app"
	linked    bool   // service-linked role
}

// splitARN cuts an ARN into its six fields; false if it has fewer.
func splitARN(s string) (fields [6]string, ok bool) {
	for i := 0; i < 5; i++ {
		at := strings.IndexByte(s, ':')
		if at < 0 {
			return fields, false
		}
		fields[i], s = s[:at], s[at+1:]
	}
	fields[5] = s
	return fields, fields[0] == "arn"
}

func isAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func parseCaller(p string) caller {
	c := caller{asked: p, arn: p}
	switch {
	case p == "anonymous" || p == "*" || p == "":
		c.typ = typeAnonymous
		return c
	case isAccountID(p):
		c.typ, c.account, c.partition = typeRoot, p, "aws"
		c.arn = "arn:aws:iam::" + p + ":root"
		return c
	}
	f, ok := splitARN(p)
	if !ok {
		c.typ = typeService
		switch p {
		case "accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com":
			c.typ = typeProvider
		}
		return c
	}
	c.partition, c.account = f[1], f[4]
	kind, rest, _ := strings.Cut(f[5], "/")
	c.name = rest[strings.LastIndexByte(rest, '/')+1:]
	switch {
	case f[2] == "iam" && f[5] == "root":
		c.typ = typeRoot
	case f[2] == "iam" && kind == "user":
		c.typ, c.path = typeUser, rest
	case f[2] == "iam" && kind == "role":
		c.typ, c.path = typeRole, rest
		c.linked = strings.HasPrefix(rest, "aws-service-role/")
	case f[2] == "sts" && kind == "assumed-role":
		c.typ = typeSession
		c.name, _, _ = strings.Cut(rest, "/")
		c.linked = strings.HasPrefix(c.name, "AWSServiceRoleFor")
	case f[2] == "sts" && kind == "federated-user":
		c.typ = typeFederated
	case f[2] == "iam" && (kind == "oidc-provider" || kind == "saml-provider"):
		c.typ = typeProvider
	}
	return c
}

// isIAM reports whether the caller has an account, and so identity policies and SCPs.
func (c *caller) isIAM() bool {
	switch c.typ {
	case typeUser, typeRole, typeSession, typeFederated, typeRoot:
		return true
	case typeUnknown, typeService, typeProvider, typeAnonymous:
	}
	return false
}

// bond is how directly a Principal element names a caller; a resource policy's Allow is the stronger the
// more directly it names ("Policy evaluation for requests within a single account").
type bond uint8

const (
	bondNone    bond = iota
	bondAccount      // the caller's account: it delegates to the account's identity policies
	bondRole         // the role behind a session
	bondSelf         // the IAM user or the session itself, a service, a provider, everyone
	bonds
)

type principalKind uint8

const (
	anyone  principalKind = iota // "*" and {"AWS": "*"}
	account                      // an account, by number or root ARN
	named                        // an ARN
	role                         // the ARN of a role
	service
	federated
	other // a canonical user, a unique id
)

// A principalPattern is one compiled entry of Principal or NotPrincipal. There are no wildcards in it.
type principalPattern struct {
	kind    principalKind
	text    string // ARN, account number, service, provider
	account string // of a role or user
	name    string // of a role or user
	open    bool   // holds an unknown
}

func compilePrincipal(p Principal) principalPattern {
	out := principalPattern{kind: other, text: p.Value, open: hasUnknown(p.Value)}
	switch p.Kind {
	case "*":
		out.kind = anyone
	case "Service":
		out.kind = service
	case "Federated":
		out.kind = federated
	case "AWS":
		f, ok := splitARN(p.Value)
		switch {
		case p.Value == "*":
			out.kind = anyone
		case isAccountID(p.Value):
			out.kind = account
		case ok && f[2] == "iam" && f[5] == "root":
			out.kind, out.text = account, f[4]
		case ok && f[2] == "iam" && strings.HasPrefix(f[5], "role/"):
			out.kind, out.account, out.name = role, f[4], f[5][strings.LastIndexByte(f[5], '/')+1:]
		case ok:
			out.kind = named
			if f[2] == "iam" && strings.HasPrefix(f[5], "user/") {
				out.account, out.name = f[4], f[5][strings.LastIndexByte(f[5], '/')+1:]
			}
		}
	}
	return out
}

// match reports whether the entry names the caller, and how directly.
func (p *principalPattern) match(c *caller, ctx *view) (bond, tri) {
	if p.open {
		return p.matchOpen(c)
	}
	switch p.kind {
	case anyone:
		return bondSelf, yes
	case account:
		if c.isIAM() && c.account == p.text {
			if c.typ == typeRoot {
				return bondSelf, yes
			}
			return bondAccount, yes
		}
	case named:
		if p.text == c.arn {
			return bondSelf, yes
		}
		// A policy that names a user is about the sessions that the user federates, within their session policies. That
		// their names are the same is all that tells who federated.
		if c.typ == typeFederated && p.name != "" && p.name == c.name && p.account == c.account {
			return bondRole, yes
		}
		// A role stands for its sessions, and their names are not known.
		if c.typ == typeRole && ctx != nil && ctx.req.Open {
			if s := parseCaller(p.text); s.typ == typeSession && s.account == c.account && s.name == c.name {
				return bondSelf, maybe
			}
		}
	case role:
		// A session's ARN drops the path of its role, and a role's name is unique in its account.
		switch {
		case c.typ == typeRole && p.text == c.arn, c.typ == typeSession && p.account == c.account && p.name == c.name && !p.elsewhere(ctx):
			return bondRole, yes
		}
	case service:
		if c.typ == typeService && (p.text == c.arn || p.text == "*") {
			return bondSelf, yes
		}
	case federated:
		if c.typ == typeProvider && (p.text == c.arn || p.text == "*") {
			return bondSelf, yes
		}
	case other:
		if p.text == c.arn && p.text != "" {
			return bondSelf, yes
		}
		// The unique id of a user or role stands where the principal was deleted and made anew.
		if ctx != nil && (strings.HasPrefix(p.text, "AIDA") || strings.HasPrefix(p.text, "AROA")) {
			var buf [1]string
			if v, st := ctx.get("aws:userid", &buf); st == present && len(v) == 1 {
				id, _, _ := strings.Cut(v[0], ":")
				if id == p.text && c.typ == typeUser {
					return bondSelf, yes
				}
				if id == p.text {
					return bondRole, yes
				}
			}
		}
	}
	return bondNone, no
}

// elsewhere reports whether a request tells that a session's role has another path than the one that the entry names.
func (p *principalPattern) elsewhere(ctx *view) bool {
	if ctx == nil {
		return false
	}
	values, _ := ctx.req.told("aws:principalarn")
	if len(values) != 1 || values[0] == p.text {
		return false
	}
	role := parseCaller(values[0])
	return role.typ == typeRole && role.account == p.account && role.name == p.name && role.path != role.name
}

// matchOpen matches an entry with an unknown in it: an account, or an ARN of which a part is not known.
func (p *principalPattern) matchOpen(c *caller) (bond, tri) {
	if p.kind == service && c.typ != typeService || p.kind == federated && c.typ != typeProvider {
		return bondNone, no
	}
	pat := compilePattern(p.text, syntax{})
	best := no
	names := [3]string{c.arn, c.account}
	if c.typ == typeSession {
		names[2] = "arn:" + c.partition + ":iam::" + c.account + ":role/" + c.name
	}
	how := bondNone
	for i, name := range names {
		if name == "" {
			continue
		}
		s := subjectOf(name)
		if t := pat.match(&s); t > best {
			best, how = t, bondRole
			if i == 1 {
				how = bondAccount
			}
		}
	}
	if best == no && c.isIAM() {
		s := subjectOf("arn:" + c.partition + ":iam::" + c.account + ":root")
		if t := pat.match(&s); t > best {
			best, how = t, bondAccount
		}
	}
	return how, best
}
