//go:build linux

package fault_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

var garbage = bytes.Repeat([]byte("no database at all\n"), 10_000)

// A log that is no database any more, or never was one, is put aside or left, and a new one is begun, without a restart and said in a line.
func TestTheLogIsGarbage(t *testing.T) {
	put := func(t *testing.T, path string) {
		t.Helper()
		if err := os.WriteFile(path, garbage, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name          string
		before, after func(t *testing.T, data string)
	}{
		{"from the start", func(t *testing.T, data string) { put(t, filepath.Join(data, "log.db")) }, nil},
		{"replaced while it is open", nil, func(t *testing.T, data string) {
			put(t, filepath.Join(data, "other"))
			if err := os.Rename(filepath.Join(data, "other"), filepath.Join(data, "log.db")); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			if err := os.MkdirAll(s.data, 0o700); err != nil {
				t.Fatal(err)
			}
			if c.before != nil {
				c.before(t, s.data)
			}
			p := s.serve()
			if c.after != nil {
				p = s.again(p) // so that the records are in the file, and not beside it
				c.after(t, s.data)
			}
			begun := func() bool {
				for range 50 {
					if status, _, _, err := s.call(t.Context(), http.DefaultClient, "/nowhere", ""); err != nil || status != 401 {
						t.Fatalf("a call that fails: %d, %v", status, err)
					}
				}
				return strings.Contains(p.said.String(), "the request log begins anew")
			}
			testkit.Until(t, "the log is begun anew", begun)
			testkit.Until(t, "records are written again", s.keeps)
			s.whole("log.db")
			aside, err := filepath.Glob(filepath.Join(s.data, "log.db.damaged-*Z"))
			if err != nil || len(aside) != 1 {
				t.Fatalf("put aside: %q, %v", aside, err)
			}
			if text, err := os.ReadFile(aside[0]); err != nil || !bytes.Equal(text, garbage) {
				t.Errorf("what was put aside is not what it was: %d bytes, %v", len(text), err)
			}
		})
	}
}

// again ends the process in order once it has written records, and starts the next one, which has written one too.
func (s *stage) again(p *process) *process {
	s.t.Helper()
	testkit.Until(s.t, "records are written", s.keeps)
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	testkit.Receive(s.t, "the end of the process", p.done)
	next := s.serve()
	testkit.Until(s.t, "records are written", s.keeps)
	return next
}

// keeps makes a call that fails, and reports whether its record can be read.
func (s *stage) keeps() bool {
	_, id, _, err := s.call(s.t.Context(), http.DefaultClient, "/nowhere", "")
	return err == nil && s.isKept(id)
}
