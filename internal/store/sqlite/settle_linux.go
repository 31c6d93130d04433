package sqlite

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// settle sees to it that what was written to f from off on reaches the disk. With several processors it waits for that. With one alone all calls would wait
// too, until the runtime notices that the processor stands in a system call (up to 10 ms): there the system is told to begin, and the wait comes when the file is
// next rewritten.
func settle(f *os.File, off, n int64) error {
	if runtime.GOMAXPROCS(0) > 1 {
		return f.Sync()
	}
	return unix.SyncFileRange(int(f.Fd()), off, n, unix.SYNC_FILE_RANGE_WRITE)
}
