package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// shelf has records, the latest first, of which a page has so many.
type shelf struct {
	all  []*requestlog.Record
	page int
}

func (s *shelf) list(_ context.Context, query url.Values) (page admin.RequestPage, err error) {
	since, err := time.Parse(time.RFC3339, query.Get("since"))
	if err != nil {
		return page, err
	}
	begun := query.Get("cursor") == ""
	for _, r := range s.all {
		switch {
		case r.Time.Before(since):
		case !begun:
			begun = r.RequestID == query.Get("cursor")
		case len(page.Requests) == s.page:
			page.Next = page.Requests[s.page-1].RequestID
			return page, nil
		default:
			page.Requests = append(page.Requests, r)
		}
	}
	return page, nil
}

func (s *shelf) add(id string, at time.Time) {
	r := &requestlog.Record{RequestID: id, Time: at, Status: 404, Problem: "resource_not_found", By: requestlog.ByGateway, Method: "GET", Target: "/" + id + "?x"}
	for i, other := range s.all {
		if other.Time.Before(at) {
			s.all = append(s.all[:i], append([]*requestlog.Record{r}, s.all[i:]...)...)
			return
		}
	}
	s.all = append(s.all, r)
}

// TestTail: what is new is said once, the earliest first, also what began before others and ended after them; and no more is kept of it than can come again.
func TestTail(t *testing.T) {
	s, follow := &shelf{page: 2}, &tail{query: url.Values{}, from: began, said: map[string]time.Time{}}
	look := func() string {
		t.Helper()
		all, cut, err := follow.ask(t.Context(), s.list)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range all {
			ids = append(ids, r.RequestID)
		}
		return fmt.Sprint(strings.Join(ids, " "), " ", cut)
	}
	is := func(when, want string) {
		t.Helper()
		if got := look(); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	s.add("before", began.Add(-time.Hour))
	is("nothing yet", " false")
	for n := range 5 {
		s.add(fmt.Sprint("n", n), began.Add(time.Duration(n)*time.Second))
	}
	is("five", "n0 n1 n2 n3 n4 false")
	is("nothing new", " false")
	s.add("late", began.Add(90*time.Second))
	s.add("long", began.Add(40*time.Second))
	is("one that took its time", "long late false")
	if len(follow.said) != 2 {
		t.Errorf("%d are remembered", len(follow.said))
	}
	for n := range 10 {
		s.add(fmt.Sprint("m", n), began.Add(time.Duration(100+n)*time.Second))
	}
	if got := look(); !strings.HasSuffix(got, " true") {
		t.Errorf("more than is asked for: %q", got)
	}
}

func TestTailIsWritten(t *testing.T) {
	debugged := &requestlog.Record{RequestID: "d", Time: began, Status: 200, By: requestlog.ByUpstream, Method: "GET", Target: "/me", Debug: true}
	all := []*requestlog.Record{{RequestID: "a", Time: began, Status: 404, Problem: "resource_not_found", By: requestlog.ByGateway, Method: "GET", Target: "/you?x=1"}, debugged}
	for name, c := range map[string]struct {
		cmd  requestsTailCmd
		cut  bool
		want string
	}{
		"lines": {requestsTailCmd{}, false, "14:02:11  a  404 resource_not_found  GET /you\n14:02:11  d  200  GET /me\n"},
		"cut":   {requestsTailCmd{Debug: true}, true, requestText(debugged, began) + "\n(more calls fail than can be followed; say which by --app, --problem, --status, --route or --path)\n"},
		"json":  {requestsTailCmd{JSON: true, Debug: true}, true, `{"id":"d","time":"2026-03-01T14:02:11.123Z","status":200,"problem":"","by":"upstream","revision":0,"method":"GET","target":"/me","in":0,"out":0,"stations":{"done_us":0},"debug":true}` + "\n"},
	} {
		var w strings.Builder
		if err := c.cmd.write(&w, all, c.cut, began); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, w.String()); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}
