package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
)

// credentials finds what the template puts users' access keys into: a secret's value, a function's environment, what an
// instance is started with.
func (b *builder) credentials() {
	users := map[string]model.ID{} // secret → its user
	for _, key := range b.resources {
		if key.Type == "AWS::IAM::AccessKey" {
			if user := b.idOf(b.find(b.get(key.Props, "UserName"), ofType("AWS::IAM::User"))); user != "" {
				users[b.of(key).generated(key.ID+"-"+tokenName("SecretAccessKey"))] = user
			}
		}
	}
	if len(users) == 0 {
		return
	}
	b.notes.quiet++
	defer func() { b.notes.quiet-- }()
	for _, r := range b.resources {
		var held *[]model.Credential
		if f := b.functions[r]; f != nil {
			held = &f.Credentials
		} else if e := b.others[r]; e != nil && r.Type != "AWS::IAM::AccessKey" {
			held = &e.Credentials
		} else {
			continue
		}
		var found []model.ID
		b.of(r).secretsIn(r.Props, users, &found)
		slices.Sort(found)
		for _, user := range slices.Compact(found) {
			*held = append(*held, model.Credential{User: user})
		}
	}
}

// secretsIn finds the users whose access keys' secrets stand somewhere in a value.
func (s *scope) secretsIn(n *yamlpos.Node, users map[string]model.ID, found *[]model.ID) {
	n = n.Resolve()
	if n == nil {
		return
	}
	if !s.enter(n) {
		s.leave()
		return
	}
	defer s.leave()
	text := s.words(n) // of what has one; what AWS encodes has none, and is looked into
	for secret, user := range users {
		if strings.Contains(text, secret) {
			*found = append(*found, user)
		}
	}
	for _, i := range n.Items() {
		s.secretsIn(i, users, found)
	}
	for _, p := range n.Pairs() {
		s.secretsIn(p.Value, users, found)
	}
}
