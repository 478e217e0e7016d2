// Package app is the window.
//
//	session.State --Watch--> view, canvas ; what the architect does --intent--> session.Do
//
// Built with the tag headless it is a stub, so that a static binary without a toolkit has every command.
package app
