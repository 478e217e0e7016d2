package command

import "os"

// peakMB is 0: Windows does not tell of a process that has ended.
func peakMB(*os.ProcessState) float64 { return 0 }
