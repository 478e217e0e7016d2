package command

import (
	"os"
	"time"
)

// processorTime is 0: not measured.
func processorTime() time.Duration { return 0 }

// peakMB is 0: Windows does not tell of a process that has ended.
func peakMB(*os.ProcessState) float64 { return 0 }
