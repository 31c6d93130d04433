//go:build !unix

package server

// mayWrite: whoever tries will learn it.
func mayWrite(string) error { return nil }
