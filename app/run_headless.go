//go:build headless

package app

import (
	"context"
	"errors"

	"bulkhead/importers"
)

// Windowed says whether Run opens a window.
const Windowed = false

// Run reports that this build has no window.
func Run(context.Context, Program, []string, importers.Options) error {
	return errors.New("this build has no window: try bulkhead tour, or bulkhead help for the commands")
}
