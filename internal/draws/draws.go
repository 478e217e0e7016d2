// Package draws makes property tests draw the same values in each run under CI, so that a change is judged by
// what it changes. Elsewhere each run draws anew, and what it finds is kept in testdata/rapid until mended.
//
// A test file imports it for its effect.
package draws

import (
	"flag"
	"os"

	_ "pgregory.net/rapid" // whose flag is set
)

func init() {
	if os.Getenv("CI") == "" {
		return
	}
	if err := flag.Set("rapid.seed", "20261123"); err != nil {
		panic(err) // the flag is rapid's own
	}
}
