package edit

import (
	"errors"

	"bulkhead/model"
)

var errNotBuilt = errors.New("not built yet")

// Apply is not built yet.
func (e *Tighten) Apply(d *model.Design) (*Result, error)        { return nil, errNotBuilt }
func (e *ReplaceManaged) Apply(d *model.Design) (*Result, error) { return nil, errNotBuilt }
func (e *Pin) Apply(d *model.Design) (*Result, error)            { return nil, errNotBuilt }
func (e *Split) Apply(d *model.Design) (*Result, error)          { return nil, errNotBuilt }
func (e *Merge) Apply(d *model.Design) (*Result, error)          { return nil, errNotBuilt }
func (e *MoveTrigger) Apply(d *model.Design) (*Result, error)    { return nil, errNotBuilt }
func (e *NewFunction) Apply(d *model.Design) (*Result, error)    { return nil, errNotBuilt }
func (e *NewResource) Apply(d *model.Design) (*Result, error)    { return nil, errNotBuilt }
func (e *NewTrigger) Apply(d *model.Design) (*Result, error)     { return nil, errNotBuilt }
func (e *Grant) Apply(d *model.Design) (*Result, error)          { return nil, errNotBuilt }
func (e *Mark) Apply(d *model.Design) (*Result, error)           { return nil, errNotBuilt }

// Deploy is Markdown for people who roll a change out. handlerExists may be nil: not known.
func Deploy(before, after *model.Design, steps []Step, handlerExists func(code, handler string) (exists, known bool)) string {
	return ""
}

// NarrowToDesign suggests to replace the wildcard resources of a statement by the design's own; nil if it has none.
func NarrowToDesign(d *model.Design, role, policy model.ID, index int) *Tighten { return nil }

// ExpandActions lists the actions that patterns stand for, sorted.
func ExpandActions(patterns ...string) []string { return nil }
