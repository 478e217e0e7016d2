// Package view holds the parts of the window. Each shows a value and calls back what a person wants; none changes
// anything by itself.
//
//	session.State --rows, cards, measures--> widgets ; click, key --OnSelect, OnEdit …--> app
package view
