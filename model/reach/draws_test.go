package reach

import (
	"runtime/debug"

	_ "bulkhead/internal/draws" // the same under CI
)

// Small designs by the thousand leave garbage that is gone with each: to collect it after every few takes a quarter of the time.
func init() { debug.SetGCPercent(400) }
