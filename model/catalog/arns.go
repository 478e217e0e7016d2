package catalog

type arnIndex struct{}

// TypesOfARN lists the CloudFormation types that an ARN or ARN pattern may be of, most likely first.
func (c *Catalog) TypesOfARN(pattern string) []string { return nil }

// TypeOf returns the CloudFormation type that an IAM resource type belongs to.
func (c *Catalog) TypeOf(rt *ResourceType) string { return "" }
