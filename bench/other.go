//go:build !linux

package main

import (
	"fmt"
	"os"
)

// The bench reads CPU time and pins processes as only Linux lets it.
func main() {
	fmt.Fprintln(os.Stderr, "bench: the figures are measured on Linux only")
	os.Exit(1)
}
