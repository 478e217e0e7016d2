package app

import (
	"io/fs"

	"bulkhead/importers"
)

// A Program is what the window is given by main.
type Program struct {
	Sources []importers.Source
	Samples fs.FS // "webshop/template.yaml" …
	Version string
}
