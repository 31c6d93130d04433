package server_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
)

// failures waits until the request log has so many records, and returns them as "target problem app member", sorted.
func (i *instance) failures(n int) (got []string) {
	i.t.Helper()
	testkit.Until(i.t, "records", func() bool {
		if err := i.Requests().Flush(i.t.Context()); err != nil {
			return false
		}
		got = listed(i.t, i.Requests().Store())
		return len(got) >= n
	})
	return got
}

func listed(t *testing.T, from requestlog.Store) (got []string) {
	t.Helper()
	page, _, err := from.Records(t.Context(), &requestlog.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page {
		got = append(got, strings.TrimSpace(strings.Join([]string{r.Target, r.Problem, r.App, r.Member}, " ")))
	}
	slices.Sort(got) // ids of one millisecond are in no order
	return got
}

// Calls that failed are in log.db, for the user of the process alone, and the next process finds them there.
func TestRequests(t *testing.T) {
	s := newStage(t)
	first := s.start()
	made := first.mint("demo", "alice")
	first.get("/v2/me", made)
	first.get("/v2/me", "")
	first.get("/v2/nowhere?access_token=PLANTED", "")
	first.get("/v2/nowhere", made)
	want := []string{"/v2/me empty_access_token", "/v2/nowhere resource_not_found demo alice", "/v2/nowhere?access_token=REDACTED token_in_url"}
	if diff := cmp.Diff(want, first.failures(3)); diff != "" {
		t.Errorf("the records (-want +got):\n%s", diff)
	}
	const size = "candor_request_log_bytes"
	told := first.metrics("candor_request_records_total", `candor_request_records_dropped_total{reason="detail"}`, size)
	if bytes := told[size]; bytes == "" || bytes == "0" {
		t.Errorf("the log takes %q bytes", bytes)
	}
	delete(told, size)
	if diff := cmp.Diff(map[string]string{"candor_request_records_total": "3", `candor_request_records_dropped_total{reason="detail"}`: "0"}, told); diff != "" {
		t.Errorf("the metrics (-want +got):\n%s", diff)
	}
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.words["data"], sqlite.LogFile)
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("log.db: %v, %v", info, err)
	}
	if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), "PLANTED") || strings.Contains(string(text), made[:30]) {
		t.Errorf("a secret is in log.db, or it cannot be read: %v", err)
	}
	o := s.options()
	o.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	second := s.startBy(s.config(), o)
	second.get("/v2/me", made)
	if diff := cmp.Diff(slices.Insert(want, 1, "/v2/me expired_access_token demo alice"), second.failures(4)); diff != "" {
		t.Errorf("the records of the next process (-want +got):\n%s", diff)
	}
}

// Whose grant ended before this process began is asked in the store.
func TestRequestsOfAGrantThatHasEnded(t *testing.T) {
	s := newStage(t)
	first := s.start()
	made, err := first.Mint(t.Context(), token.Order{App: "demo", Member: "alice", Scopes: []string{"r_profile"}, Life: time.Hour}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := first.RevokeGrant(t.Context(), made.Grant.ID, access.ByOperator); err != nil {
		t.Fatal(err)
	}
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	second := s.start()
	second.get("/v2/me", made.Token)
	if diff := cmp.Diff([]string{"/v2/me revoked_access_token demo alice"}, second.failures(1)); diff != "" {
		t.Errorf("the records (-want +got):\n%s", diff)
	}
}

// What becomes of a call that was in flight when its process left everything to the next one is added to what that writes.
func TestRequestsOverATakeOver(t *testing.T) {
	s := newStage(t)
	first := s.start()
	first.get("/v2/me", "")
	slow := first.dial().ask("/v2/slow")
	s.up.wait(t)
	o := s.options()
	o.TakeOver = true
	second := s.startBy(s.config(), o)
	second.get("/v2/nowhere", "")
	if diff := cmp.Diff([]string{"/v2/me empty_access_token", "/v2/nowhere empty_access_token"}, second.failures(2)); diff != "" {
		t.Errorf("the records (-want +got):\n%s", diff)
	}
	_ = slow.Close()
	first.isOver(second)
	second.get("/v2/nowhere", "")
	want := []string{"/v2/me empty_access_token", "/v2/nowhere empty_access_token", "/v2/nowhere empty_access_token", "/v2/slow client_gone"}
	if diff := cmp.Diff(want, second.failures(4)); diff != "" {
		t.Errorf("the records behind the end of the first (-want +got):\n%s", diff)
	}
}

// Without a data folder what failed is kept in memory.
func TestRequestsInMemory(t *testing.T) {
	s := newStage(t)
	dir := s.words["data"]
	s.words["data"] = "none"
	i := s.start()
	i.get("/v2/me", "")
	if diff := cmp.Diff([]string{"/v2/me empty_access_token"}, i.failures(1)); diff != "" {
		t.Errorf("the records (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: %v", dir, err)
	}
}
