// Package catalog knows AWS: actions, resource types, ARN shapes, condition keys, managed policies and
// CloudFormation types. It reads data embedded by package assets, on first use.
package catalog
