package sandbox

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/problem"
)

var update = flag.Bool("update", false, "write what callers see into testdata")

// misbehaved are the calls of which testdata says what the caller sees: those of every mischief, and its other arguments.
func misbehaved() (faults []string) {
	for _, row := range mischiefs[noMischief+1:] {
		faults = append(faults, row.example)
	}
	return append(faults, "slow=1ms", "slow_head=10s", "wrong_length=short", "html=200", "html=404", "status=200", "status=404",
		"retry_after=429:5s", "retry_after=503:past", "retry_after=503:decade", "retry_after=503:negative", "retry_after=503:words")
}

// What a caller sees of each misbehaviour through the gateway, to the byte, in both profiles.
func TestSeen(t *testing.T) {
	t.Parallel() // it waits for limits to pass
	for _, p := range []problem.Profile{problem.LinkedIn, problem.Standard} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			b := runBox(t, Options{Profile: p})
			faults := misbehaved()
			seen := make([]string, len(faults))
			var all sync.WaitGroup
			for i, fault := range faults {
				all.Go(func() { seen[i] = "=== " + fault + "\n" + b.see(fault) + "\n" })
			}
			all.Wait()
			if err := b.stop(); err != nil {
				t.Error(err)
			}
			got := []byte(strings.Join(seen, ""))
			file := "testdata/seen_" + p.String() + ".golden"
			if *update {
				if err := os.WriteFile(file, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("callers see something else (-update writes it): %s", d)
			}
		})
	}
}

// variable is what differs between two calls, or two sandboxes.
var variable = regexp.MustCompile(`\r\nDate: [^\r]*|[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{32}\b|[A-Za-z0-9+/]{22}==|127\.0\.0\.1:\d+|\b(?:t|r)=\d+|\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT`)

// see makes a call with a fault, and tells what came until the connection ended, and how that was.
func (b *box) see(fault string) string {
	c, err := net.Dial("tcp", strings.TrimPrefix(b.API, "http://"))
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	fmt.Fprintf(c, "GET /v2/me HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer %s\r\n%s: %s\r\nConnection: close\r\n\r\n", b.Tokens.Good, FaultHeader, fault)
	text, err := io.ReadAll(c)
	end := "closed"
	switch {
	case errors.Is(err, syscall.ECONNRESET):
		end = "reset"
	case err != nil:
		end = err.Error()
	}
	text = variable.ReplaceAll(text, []byte("*"))
	return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))) + "\n--- " + end
}
