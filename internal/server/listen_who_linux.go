package server

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// listenerAt finds the process that listens at a port, by /proc; 0 where this user may not see it.
func listenerAt(port string) (pid int, name string) {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0, ""
	}
	sockets := listening(uint16(n))
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil || len(sockets) == 0 {
		return 0, ""
	}
	for _, link := range links {
		to, err := os.Readlink(link)
		if err != nil || !sockets[to] {
			continue
		}
		process := strings.Split(link, "/")[2]
		comm, err := os.ReadFile("/proc/" + process + "/comm") //nolint:gosec // a number from /proc
		if err != nil {
			continue
		}
		pid, _ = strconv.Atoi(process)
		return pid, string(bytes.TrimSpace(comm))
	}
	return 0, ""
}

// listening are the sockets that listen at a port, as /proc/PID/fd names them.
func listening(port uint16) map[string]bool {
	const (
		local, state, inode = 1, 3, 9 // fields of a line
		listen              = "0A"
	)
	at := ":" + strings.ToUpper(hex.EncodeToString([]byte{byte(port >> 8), byte(port)}))
	found := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table) //nolint:gosec // two fixed names
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			f := strings.Fields(lines.Text())
			if len(f) > inode && f[state] == listen && strings.HasSuffix(f[local], at) {
				found["socket:["+f[inode]+"]"] = true
			}
		}
	}
	return found
}
