// Package tools pins the programs a notebook needs beside the Go tool chain: GoNB, the kernel; goimports, which GoNB
// runs over every cell; and gopls, which completes names in JupyterLab.
//
// It is a module of its own, so that what these programs require never enters the module graph of a cell. Its go.mod and
// go.sum are the pins; `go run ./kernel-ext install` builds GoNB and goimports from them, `lab` builds gopls as well.
// A test beside the command holds the GoNB version equal to the one the product requires.
//
// To renew the pins, in this folder and in this order (gopls asks for a version of golang.org/x/tools, and goimports has
// to be of the same one, else gopls does not compile):
//
//	go get -tool github.com/janpfeifer/gonb@VERSION
//	go get -tool golang.org/x/tools/gopls@VERSION
//	go get -tool golang.org/x/tools/cmd/goimports@$(go list -m -f '{{.Version}}' golang.org/x/tools)
package tools
