package model

import "strings"

// Find returns the element that a person means by its id, ARN, logical id, physical name, name with its stack or Terraform
// address without its type, in this order of preference; functions before others. It returns nil where nothing or, within one
// preference, more than one fits.
func (d *Design) Find(name string) Element {
	return d.find(name, func(Element) bool { return true })
}

// FindStart is Find among what a breach may start at: functions, roles, users and groups. What else has the name, such as an
// inline policy that is called like its role, is not meant.
func (d *Design) FindStart(name string) Element {
	return d.find(name, func(e Element) bool {
		switch e.(type) {
		case *Function, *Role, *Principal:
			return true
		}
		return false
	})
}

// find is Find among the elements that fit.
func (d *Design) find(name string, fits func(Element) bool) Element {
	if e := d.Element(ID(name)); name == "" || e != nil && fits(e) {
		return e
	}
	physical := func(e Element) string { _, physical := namesOf(e); return physical }
	ways := []func(e Element) string{
		ARN,
		func(e Element) string { logical, _ := namesOf(e); return logical },
		physical,
		func(e Element) string {
			if short := d.Name(e.ElementID()); short != d.plainName(e.ElementID()) {
				return short
			}
			return ""
		},
		func(e Element) string { logical, _ := namesOf(e); return withoutType(logical) },
	}
	if strings.HasPrefix(name, "arn:") {
		ways = []func(e Element) string{ARN, physical} // no logical id, and nothing with its stack or of an address, begins so
	}
	for _, called := range ways {
		var found, functions []Element
		for e := range d.All() {
			if !fits(e) || called(e) != name {
				continue
			}
			found = append(found, e)
			if _, ok := e.(*Function); ok {
				functions = append(functions, e)
			}
		}
		if len(functions) == 1 {
			return functions[0]
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return nil
}

// namesOf are an element's logical id and physical name, "" where it has none.
func namesOf(e Element) (logical, physical string) {
	switch e := e.(type) {
	case *Function:
		return e.LogicalID, e.Name
	case *Role:
		return e.LogicalID, e.Name
	case *Policy:
		return e.LogicalID, e.Name
	case *Resource:
		return e.LogicalID, e.Name
	case *Principal:
		return e.LogicalID, e.Name
	case *Trigger:
		return "", e.Name
	}
	return "", ""
}
