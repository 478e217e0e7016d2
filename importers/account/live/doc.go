// Package live reads an AWS account, read-only, into a snapshot that package account opens.
//
//	Access --Open--> Client --Identify--> Identity
//	Client --Take: table of operations, journal, pace--> Snapshot --Write--> file
//
// It speaks AWS's protocols itself, by one table of operations, with the credentials, configuration, signatures and rules
// of what may be tried again of aws-sdk-go-v2, which no other package links. What an answer holds beyond what a
// snapshot keeps is dropped while it is decoded: values of environments are never held.
package live
