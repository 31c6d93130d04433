//go:build !linux

package sqlite

import "os"

// settle waits until what was written to f is on disk.
func settle(f *os.File, _, _ int64) error { return f.Sync() }
