package live

import "time"

type KeyGrant struct{ KeyId, GrantId string }
type Stack struct{ StackId string }
type LastAccessed struct{ Arn string }
type levels struct{}

func span(d time.Duration) string { return d.String() }
