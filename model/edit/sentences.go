package edit

import (
	"fmt"
	"strings"

	"bulkhead/model"
)

// short is the name in an id, for sentences: "ShopRole" of "role/ShopRole".
func short(id model.ID) string {
	s := string(id)
	if _, rest, ok := strings.Cut(s, "/"); ok {
		return rest
	}
	return s
}

// String names a statement for people, counted from 1.
func (r StatementRef) String() string {
	switch {
	case r.Sid != "":
		return "statement " + r.Sid
	case r.Index != nil:
		return fmt.Sprintf("statement %d", *r.Index+1)
	default:
		return "statement " + r.Hash
	}
}

func (e *Tighten) String() string {
	if e.Drop {
		return fmt.Sprintf("Drop %s of %s", e.Statement, short(e.Role))
	}
	return fmt.Sprintf("Tighten %s of %s", e.Statement, short(e.Role))
}

func (e *OwnRole) String() string {
	if e.Needs {
		return fmt.Sprintf("Give %s a role of its own with what its triggers and its log need", short(e.Function))
	}
	return fmt.Sprintf("Give %s a role of its own", short(e.Function))
}

func (e *ReplaceManaged) String() string {
	name := e.ARN[strings.LastIndexByte(e.ARN, '/')+1:]
	if e.With.Document == nil && len(e.With.Accesses) == 0 && !e.Needs {
		return fmt.Sprintf("Detach %s from %s", name, short(e.Role))
	}
	return fmt.Sprintf("Replace %s of %s", name, short(e.Role))
}

func (e *Pin) String() string {
	return fmt.Sprintf("Pin %s for %s", count(len(e.Actions), "action"), short(e.Role))
}

func (e *Split) String() string {
	return fmt.Sprintf("Split %s into %s", short(e.Function), count(len(e.Parts), "function"))
}

func (e *Merge) String() string {
	names := make([]string, len(e.Functions))
	for i, id := range e.Functions {
		names[i] = short(id)
	}
	return "Merge " + and(names)
}

func (e *MoveTrigger) String() string {
	return fmt.Sprintf("Move trigger %s to %s", short(e.Trigger), short(e.To))
}

func (e *NewFunction) String() string { return "New function " + e.Name }
func (e *NewResource) String() string { return "New resource " + e.Name }
func (e *NewTrigger) String() string  { return fmt.Sprintf("New trigger %s of %s", e.Name, short(e.To)) }

func (e *Grant) String() string {
	return fmt.Sprintf("Grant %s to %s", count(len(e.Actions), "action"), short(e.Role))
}

func (e *Mark) String() string {
	switch {
	case e.Crown != nil && *e.Crown:
		return fmt.Sprintf("Mark %s as a crown jewel", short(e.Resource))
	case e.Crown != nil:
		return fmt.Sprintf("Take the crown from %s", short(e.Resource))
	case e.Counted != nil:
		return "Count " + short(e.Resource)
	default:
		return "Weigh " + short(e.Resource)
	}
}

// count is "1 action", "3 actions".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// and is "a", "a and b", "a, b and c".
func and(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
