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

// What worked a moment ago and fails now is told with what is otherwise: to operators as it is, to developers in words that are for them.
func TestRequestsWorkedBefore(t *testing.T) {
	mint := func(i *instance, scopes ...string) string {
		made, err := i.Mint(i.t.Context(), token.Order{App: "partner", Member: "alice", Scopes: scopes, Life: time.Hour}, time.Now())
		if err != nil {
			i.t.Fatal(err)
		}
		return made.Token
	}
	nobody := testkit.Listen(t)
	dead := nobody.Addr().String()
	_ = nobody.Close()
	for name, c := range map[string]struct {
		replace []string
		fails   func(s *stage, i *instance, bearer string)
		problem string
		changed []string // "operator | developer", where those differ
	}{
		"a token with fewer scopes": {
			fails:   func(_ *stage, i *instance, _ string) { i.get("/v2/me", mint(i, "r_ads")) },
			problem: "access_denied", changed: []string{"scope r_profile gone"},
		},
		"a token in the URL": {
			fails:   func(_ *stage, i *instance, bearer string) { i.get("/v2/me?access_token="+bearer, "") },
			problem: "token_in_url", changed: []string{"place of the token was authorization, is query.access_token |"},
		},
		"a limit": {
			replace: []string{"app: 100/day", "app: 6/day"},
			fails:   func(_ *stage, i *instance, bearer string) { i.get("/v2/me", bearer) },
			problem: "throttled", changed: []string{"call 7 of today, at most 6 in calls that worked"},
		},
		"another target": {
			fails: func(s *stage, i *instance, bearer string) {
				if err := i.Reload(s.t.Context(), s.config(`["{{people}}"]`, `["http://`+dead+`"]`)); err != nil {
					s.t.Fatal(err)
				}
				i.get("/v2/me", bearer)
			},
			problem: "upstream_unreachable", changed: []string{"upstream target was {{people}}, is " + dead + " | the API's configuration changed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			i := s.start(c.replace...)
			bearer := mint(i, "r_profile", "r_ads")
			for range 6 {
				if got := i.get("/v2/me", bearer); got.Status != 200 {
					t.Fatalf("%+v", got)
				}
			}
			c.fails(s, i, bearer)
			i.failures(1)
			page, _, err := i.Requests().Store().Records(t.Context(), &requestlog.Filter{})
			if err != nil || len(page) != 1 {
				t.Fatalf("%d records: %v", len(page), err)
			}
			r := page[0]
			var got []string
			for _, d := range r.Changed {
				operator, developer := withoutTime(d.Text), withoutTime(d.Told)
				if operator != developer {
					operator = strings.TrimSpace(operator + " | " + developer)
				}
				got = append(got, strings.ReplaceAll(operator, strings.TrimPrefix(s.up.URL, "http://"), "{{people}}"))
			}
			if diff := cmp.Diff(c.changed, got); diff != "" || r.Problem != c.problem || r.Recurs == nil || r.Recurs.Times != 1 {
				t.Errorf("%s, %+v: changed (-want +got):\n%s\nalso %+v", r.Problem, r.Recurs, diff, r.Also)
			}
		})
	}
}

// withoutTime is a sentence without since when it holds.
func withoutTime(sentence string) string {
	if _, behind, found := strings.Cut(sentence, ": "); found && strings.HasPrefix(sentence, "since ") {
		return behind
	}
	before, _, _ := strings.Cut(sentence, " at 1")
	before, _, _ = strings.Cut(before, " at 2")
	before, _, _ = strings.Cut(before, " at 0")
	return before
}
