package handover

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/socket"
)

// firstPassed is the first descriptor that systemd hands over: SD_LISTEN_FDS_START.
const firstPassed = 3

// passedMost is more sockets than any unit has: a larger count is a mistake.
const passedMost = 1024

// SystemdVariables are those that say what systemd handed over. Whoever has taken that removes them: they are not meant for programs that this one starts.
var SystemdVariables = []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"}

// Systemd takes the sockets that systemd has handed over to the process pid (sd_listen_fds(3)). There are none where it has handed over none, or to another
// process, from which this one has the variables alone. The error names the socket that cannot be listened on, and why.
func Systemd(env func(string) (string, bool), pid int) (Pool, error) {
	get := func(name string) string { text, _ := env(name); return text }
	if get("LISTEN_PID") != strconv.Itoa(pid) || get("LISTEN_FDS") == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(get("LISTEN_FDS"))
	if err != nil || n < 0 || n > passedMost {
		return nil, fmt.Errorf("LISTEN_FDS is %q; expected how many sockets were handed over", get("LISTEN_FDS"))
	}
	var names []string
	if text := get("LISTEN_FDNAMES"); text != "" {
		names = strings.Split(text, ":")
	}
	return adopt(n, names)
}

func adopt(n int, names []string) (all Pool, err error) {
	for i := range n {
		s := Socket{}
		if i < len(names) {
			s.Name = names[i]
		}
		f := os.NewFile(uintptr(firstPassed+i), s.Name)
		if f == nil {
			err = errors.New("it is not open")
		} else {
			s.TCPListener, err = socket.Adopt(f)
		}
		if err != nil {
			all.Close()
			return nil, fmt.Errorf("number %d of the %d sockets that were handed over by LISTEN_FDS (descriptor %d, named %q) cannot be used: %w", i+1, n, firstPassed+i, s.Name, err)
		}
		all = append(all, s)
	}
	return all, nil
}
