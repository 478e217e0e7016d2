// Package serverless reads services of the Serverless Framework (serverless.yml) as the framework's version 3 packages
// them, and writes changed designs back into them.
//
//	serverless.yml, files that it includes --resolve--> values --compile--> cfn.Tree --cfn.ImportTrees--> model.Design
//
// Variables are resolved in the parsed nodes themselves, so that every value still stands where it was written. What
// the framework compiles of functions, events and roles becomes resources with the framework's logical ids; resources
// that the user wrote are handed on as they are. Names, intrinsic functions, policies and wiring are read by package
// cfn alone. Nothing outside the opened folder is read, nothing is run, and no environment variable is looked at.
package serverless
