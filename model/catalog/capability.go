package catalog

import "fmt"

// A Capability is what a grant is good for.
type Capability uint8

// The capabilities, in the order in which people and JSON see them.
const (
	List Capability = iota
	Read
	Secret // secret values, decryption, credentials
	Write
	Send
	Invoke
	Delete
	Permissions
	Tag
)

var capabilityNames = [...]string{"list", "read", "secret", "write", "send", "invoke", "delete", "permissions", "tag"}

// String is the word used in JSON and text.
func (c Capability) String() string {
	if int(c) < len(capabilityNames) {
		return capabilityNames[c]
	}
	return fmt.Sprintf("capability(%d)", uint8(c))
}

// CapabilityOf is the capability that a word means, as String writes it; false for other words.
func CapabilityOf(word string) (Capability, bool) {
	for c := List; c <= Tag; c++ {
		if c.String() == word {
			return c, true
		}
	}
	return 0, false
}

// Depth is how deep water stands on a resource for a capability: ⅓ for read, ⅔ for write, send and invoke,
// 1 for delete, permissions and secret, 0 for list and tag.
func (c Capability) Depth() float64 {
	switch c {
	case Read:
		return 1.0 / 3
	case Write, Send, Invoke:
		return 2.0 / 3
	case Delete, Permissions, Secret:
		return 1
	case List, Tag:
	}
	return 0
}

// IsHit reports whether the capability on a resource counts as a hit: all but list and tag.
func (c Capability) IsHit() bool { return c != List && c != Tag }

// Capabilities is a set of capabilities.
type Capabilities uint16

// With returns the set with c in it.
func (s Capabilities) With(c Capability) Capabilities { return s | 1<<c }

// Has reports whether c is in the set.
func (s Capabilities) Has(c Capability) bool { return s&(1<<c) != 0 }

// All lists the set in order.
func (s Capabilities) All() []Capability {
	var out []Capability
	for c := List; c <= Tag; c++ {
		if s.Has(c) {
			out = append(out, c)
		}
	}
	return out
}

// Depth is the greatest depth of the set.
func (s Capabilities) Depth() float64 {
	d := 0.0
	for _, c := range s.All() {
		d = max(d, c.Depth())
	}
	return d
}
