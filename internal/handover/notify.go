package handover

import (
	"fmt"
	"net"
	"strings"
)

// Notifier tells the service manager how this process is (sd_notify(3)). The zero value tells nobody.
type Notifier struct{ path string }

// NotifyVariable says where the service manager listens.
const NotifyVariable = "NOTIFY_SOCKET"

// What can be told.
const (
	Ready     = "READY=1"
	Reloading = "RELOADING=1"
	Stopping  = "STOPPING=1"
)

// MainPID says that this process is the service now, where another one was before.
func MainPID(pid int) string { return fmt.Sprint("MAINPID=", pid) }

// NotifierOf is the one of an environment.
func NotifierOf(env func(string) (string, bool)) Notifier {
	path, _ := env(NotifyVariable)
	if !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "@") { // vsock: for virtual machines, and not for services
		return Notifier{}
	}
	return Notifier{path}
}

// Tell tells all of it at once. A manager that does not listen is no reason not to serve: the error is for the log.
func (n Notifier) Tell(what ...string) error {
	if n.path == "" {
		return nil
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	defer c.Close()
	if _, err = c.Write([]byte(strings.Join(what, "\n"))); err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	return nil
}
