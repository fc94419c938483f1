package main

import (
	"fmt"
	"os"
)

// The Go kernel talks to its cells through named pipes, which Windows has not.
func main() {
	fmt.Fprintln(os.Stderr, "kelpie: the Go kernel does not run on Windows itself: use WSL (https://learn.microsoft.com/windows/wsl/install), and clone into its own file system")
	os.Exit(1)
}
