package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// A list that goes to no terminal, or to one that is wide enough, has a line a call; in a narrower one it has two, which fit.
func TestRequestList(t *testing.T) {
	t.Parallel()
	of := func(r *requestlog.Record) *requestlog.Record {
		r.RequestID, r.Time = "019ca9d0-9c83-7000-8000-000000000001", began
		return r
	}
	page := &admin.RequestPage{Next: "abc", Requests: []*requestlog.Record{
		of(&requestlog.Record{Status: 403, Problem: "access_denied", App: "shop", Method: "GET", Target: "/v2/adAccounts?q=search"}),
		of(&requestlog.Record{Status: 404, By: requestlog.ByUpstream, Method: "DELETE", Target: "/v2/" + strings.Repeat("ü", 70)}),
		of(&requestlog.Record{Problem: "client_closed_request", App: strings.Repeat("a", 60)}),
	}}
	const more = "There are more: add --cursor abc\n"
	wide := "TIME (UTC)      ID                                    STATUS  PROBLEM                APP                                                           CALL\n" +
		"03-01 14:02:11  019ca9d0-9c83-7000-8000-000000000001  403     access_denied          shop                                                          GET /v2/adAccounts\n" +
		"03-01 14:02:11  019ca9d0-9c83-7000-8000-000000000001  404     (the API's)            not known                                                     DELETE /v2/" + strings.Repeat("ü", 70) + "\n" +
		"03-01 14:02:11  019ca9d0-9c83-7000-8000-000000000001  none    client_closed_request  " + strings.Repeat("a", 60) + "  a call without a head\n" + more
	narrow := `TIME (UTC)      STATUS AND PROBLEM, CALL
  ID                                    APP
03-01 14:02:11  403 access_denied  GET /v2/adAccounts
  019ca9d0-9c83-7000-8000-000000000001  shop
03-01 14:02:11  404 (the API's)  DELETE /v2/` + strings.Repeat("ü", 35) + `…
  019ca9d0-9c83-7000-8000-000000000001  not known
03-01 14:02:11  none client_closed_request  a call without a head
  019ca9d0-9c83-7000-8000-000000000001  ` + strings.Repeat("a", 39) + `…
` + more
	for name, c := range map[string]struct {
		page  *admin.RequestPage
		width int
		want  string
	}{
		"no terminal":      {page, 0, wide},
		"a wide terminal":  {page, 250, wide},
		"80 columns":       {page, 80, narrow},
		"nothing to list":  {&admin.RequestPage{}, 20, "No call that failed fits.\n"},
		"short in a table": {&admin.RequestPage{Requests: []*requestlog.Record{of(&requestlog.Record{Status: 404, Problem: "x", App: "a"})}}, 99, "TIME (UTC)      ID                                    STATUS  PROBLEM  APP  CALL\n03-01 14:02:11  019ca9d0-9c83-7000-8000-000000000001  404     x        a    a call without a head\n"},
	} {
		var out bytes.Buffer
		if err := writeRequests(&out, c.page, c.width); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, out.String()); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if c.width > 0 && widest(strings.TrimSuffix(out.String(), more)) > max(c.width, len("No call that failed fits.")) {
			t.Errorf("%s: %d columns", name, widest(out.String()))
		}
	}
}

// What is written to a file or through a pipe is as wide as it is.
func TestWidth(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "list"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, p := range map[string]*program{"a file": {out: file}, "memory": {out: &bytes.Buffer{}}} {
		if w := p.width(); w != 0 {
			t.Errorf("%s: %d", name, w)
		}
	}
	if w := terminalWidth(file); w != 0 {
		t.Errorf("a file is a terminal of %d columns", w)
	}
}
