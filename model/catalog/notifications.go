package catalog

// NotificationOf is the kind of event that a bucket's notifications call what EventBridge has as a detail type of source
// aws.s3; "" for none.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func NotificationOf(detailType string) string {
	switch detailType {
	case "Object Created":
		return "s3:ObjectCreated:*"
	case "Object Deleted":
		return "s3:ObjectRemoved:*"
	case "Object Restore Completed", "Object Restore Initiated":
		return "s3:ObjectRestore:*"
	case "Object Tags Added", "Object Tags Deleted":
		return "s3:ObjectTagging:*"
	case "Object ACL Updated":
		return "s3:ObjectAcl:Put"
	}
	return ""
}
