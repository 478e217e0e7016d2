package source

import "fmt"

// Severity says how much a Diagnostic matters.
type Severity uint8

// The severities, gravest last.
const (
	Info    Severity = iota // something was assumed, as usual
	Warning                 // something is unknown or looks wrong; the import went on
	Error                   // something could not be read; it is missing from the design
)

// String is the word used in JSON and text: info, warning, error.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// A Diagnostic is something to tell the user about a place in a file.
type Diagnostic struct {
	Severity Severity
	Span     Span
	Summary  string // one line: what is wrong
	Detail   string // what was assumed, and the remedy
	Rule     string // stable name of the rule that found it, e.g. "unknown-action"; "" for what an import says
}

// String is "file:line:column: severity: summary".
func (d Diagnostic) String() string {
	if d.Span.IsZero() {
		return d.Severity.String() + ": " + d.Summary
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", d.Span.File, d.Span.Line, d.Span.Column, d.Severity, d.Summary)
}
