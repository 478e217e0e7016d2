package cfn

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// constructMetadata is what a cloud assembly notes of constructs, by their path with a slash before it.
type constructMetadata map[string][]struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// paths leads from logical ids to the paths of the constructs that make them.
func (m constructMetadata) paths() map[string]string {
	out := map[string]string{}
	for at, entries := range m {
		for _, e := range entries {
			var id string
			if e.Type == "aws:cdk:logicalId" && json.Unmarshal(e.Data, &id) == nil {
				out[id] = strings.TrimPrefix(at, "/")
			}
		}
	}
	return out
}

// constructs is the tree of an app, for assemblies that note no paths otherwise.
type constructs struct{ paths []string }

// maxConstructs bounds the constructs of a tree that are looked at.
const maxConstructs = 200_000

func newConstructs(data []byte) *constructs {
	type node struct {
		Path     string          `json:"path"`
		Children map[string]node `json:"children"`
	}
	var tree struct {
		Tree node `json:"tree"`
	}
	c := &constructs{}
	if json.Unmarshal(data, &tree) != nil {
		return c
	}
	var walk func(node)
	walk = func(n node) {
		if len(c.paths) < maxConstructs && n.Path != "" {
			c.paths = append(c.paths, n.Path)
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(tree.Tree)
	return c
}

// of leads from the logical ids that constructs of a stack may have to their paths. Within a nested stack ids are made
// of what stands behind it, so each tail of a path is one.
func (c *constructs) of(stack string) map[string]string {
	out := map[string]string{}
	for _, p := range c.paths {
		rest, ok := strings.CutPrefix(p, stack+"/")
		if !ok {
			continue
		}
		out[logicalID(rest)] = p
	}
	for _, p := range c.paths {
		rest, ok := strings.CutPrefix(p, stack+"/")
		for ok && strings.Contains(rest, "/") {
			_, rest, _ = strings.Cut(rest, "/")
			if id := logicalID(rest); out[id] == "" {
				out[id] = p
			}
		}
	}
	return out
}

// logicalID is how CDK names the resource of a construct by its path in the stack: what the path says, without what says
// nothing, and a hash of the path.
// https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html#identifiers-logical-ids
func logicalID(path string) string {
	var parts []string
	for _, p := range strings.Split(path, "/") {
		if p != "Default" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 1 && alphanumeric(parts[0]) != "" {
		return alphanumeric(parts[0])
	}
	sum := md5.Sum([]byte(strings.Join(parts, "/"))) // as CDK makes it; nothing is kept safe by it
	human, last := "", ""
	for i, p := range parts {
		if i > 0 && strings.HasSuffix(last, p) {
			continue // what the part before says already
		}
		if last = p; p != "Resource" {
			human += alphanumeric(p)
		}
	}
	return human[:min(len(human), 240)] + strings.ToUpper(hex.EncodeToString(sum[:4]))
}

// construct is the path of the construct that makes a resource, "" where nothing tells.
func (s *scope) construct(r *resource) string {
	if r.Value == nil {
		return ""
	}
	if p := plainText(r.Value.Get("Metadata").Get("aws:cdk:path")); p != "" {
		return p
	}
	return s.constructs[r.ID]
}
