// Package terraform reads Terraform: folders of HCL, plans and states.
//
//	folder --load--> modules --evaluate--> objects --build--> Design
//	plan, state JSON -------------------> objects --build--> Design
//
// Nothing is run, no network is asked, no environment variable is read, and no file outside of what was opened.
package terraform
