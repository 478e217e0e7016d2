// Package differential compares Bulkhead's decisions with those of an independent engine, on drawn requests.
//
//	draw --case--> command.Simulate  ┐
//	     --case--> driver.mjs (node) ┴--> the same, or a class of known differences, or a failure
//
// It is all test: "make differential" runs it. The other engine is the npm package @cloud-copilot/iam-simulate,
// run as a program of its own from a folder outside of the repository; it is no part of Bulkhead. README.md lists
// the known differences and the documents of AWS that decide them.
package differential
