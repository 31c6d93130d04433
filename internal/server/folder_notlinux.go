//go:build !linux

package server

// ofTheKernel: whoever tries will learn it.
func ofTheKernel(string) bool { return false }
