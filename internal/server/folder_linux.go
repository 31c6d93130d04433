package server

import "golang.org/x/sys/unix"

// ofTheKernel reports whether a folder is in /proc, /sys or the like, where nobody makes files: root may write there as far as its permissions tell.
func ofTheKernel(path string) bool {
	var fs unix.Statfs_t
	if unix.Statfs(path, &fs) != nil {
		return false
	}
	switch fs.Type {
	case unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC:
		return true
	}
	return false
}
