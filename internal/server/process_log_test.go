package server_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

// TestLogMisleadsNobody: what comes from outside into a line of the process's log, in either form, looks like what it is.
func TestLogMisleadsNobody(t *testing.T) {
	for _, format := range []string{"json", "text"} {
		var to bytes.Buffer
		out := server.NewOutlet(&to)
		l := server.NewLog(out, config.Log{Level: "info", Format: format}, time.Now)
		l.Warn("a\u202eb", "error", "\u2066c\u2069\u2028d\u0085e\ufefff é")
		out.Close(t.Context())
		if got := to.String(); strings.ContainsAny(got, "\u202e\u2066\u2069\u2028\u0085\ufeff") || !strings.Contains(got, `a\u202eb`) || !strings.Contains(got, "é") {
			t.Errorf("%s: %+q", format, got)
		}
	}
}
