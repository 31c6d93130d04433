package main

import (
	"errors"
	"os"
	"strconv"
	"testing"

	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/server"
)

// TestFromManager: nothing that this program starts takes for its own what was meant for this one alone.
func TestFromManager(t *testing.T) {
	for name, value := range map[string]string{"LISTEN_PID": strconv.Itoa(os.Getpid()), "LISTEN_FDS": "0", "LISTEN_FDNAMES": "a:b", "LISTEN_PIDFDID": "1", handover.NotifyVariable: "/run/notify"} {
		t.Setenv(name, value)
	}
	p := &program{env: os.LookupEnv}
	var o server.Options
	manager, err := p.fromManager(&o)
	if err != nil || len(o.Sockets) != 0 || manager == (handover.Notifier{}) {
		t.Errorf("%v, %v, %v", manager, o.Sockets, err)
	}
	for _, name := range append([]string{handover.NotifyVariable}, handover.SystemdVariables...) {
		if value, there := os.LookupEnv(name); there {
			t.Errorf("%s is still %q", name, value)
		}
	}

	p.env = func(name string) (string, bool) {
		return map[string]string{"LISTEN_PID": strconv.Itoa(os.Getpid()), "LISTEN_FDS": "many"}[name], true
	}
	_, err = p.fromManager(&o)
	if e := (*exitError)(nil); !errors.As(err, &e) || e.code != exitMistake {
		t.Errorf("sockets that cannot be counted: %v", err)
	}
}
