package requestlog

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sketch is a call in short.
type sketch struct {
	target, head string // of which the lines end in \n here
	app          string
	scopes       string
	client       string
	problem      string // ""; it went well
	status       int
	revision     int
	body         string
	issued       int64 // seconds before the call
	parameter    string
	value        string
}

const usual = "Host: a\nAccept: */*\nUser-Agent: shop/1.0\nContent-Type: application/json\n"

// bring hands a call over.
func (l *Log) bring(t *testing.T, s sketch) {
	t.Helper()
	at := l.o.Now().UnixNano()
	c := &Call{}
	if s.problem != "" {
		c = l.Failed(1, 7, at)
	}
	e := &c.Entry
	if s.client == "" {
		s.client = "192.0.2.7"
	}
	e.Time, e.ID, e.Problem, e.Status, e.Route, e.Client = at, idOf(uint64(at)), s.problem, s.status, "api/ads", netip.MustParseAddr(s.client)
	e.Method, e.Target, e.Version = []byte("POST"), []byte(s.target), "HTTP/1.1"
	c.Head, c.Whole = []byte("POST "+s.target+" HTTP/1.1\r\n"+strings.ReplaceAll(s.head, "\n", "\r\n")+"\r\n"), true
	c.App, c.Target, c.RouteRevision = s.app, "ads.internal:80", s.revision
	c.Checked, c.BodySize = []byte(s.body), int64(len(s.body))
	if s.app != "" {
		c.Credential = Credential{Kind: "access token", Place: "header", Genuine: true, Scopes: s.scopes, Issued: at/1e9 - s.issued, Ends: at/1e9 - s.issued + 3600, Value: []byte("cdr_at_PLANTED")}
	}
	if s.value != "" {
		c.Credential = Credential{Kind: "unknown", Place: "query", Parameter: s.parameter, Value: []byte(s.value)}
	}
	l.Keep(c)
}

// What was otherwise in a call that failed is told with it, also by the next process; a developer is told in other words, and nothing of others.
func TestCompared(t *testing.T) {
	good := sketch{target: "/ads?id=7&token=PLANTED", head: usual, app: "shop", scopes: "r_ads r_me", status: 200, body: `{"name":"PLANTED","by":{"id":1}}`, issued: 60, revision: 3}
	for name, c := range map[string]struct {
		fails   func(*sketch)
		changed []string // "operator | developer", where those differ
	}{
		"a scope less": {func(s *sketch) { s.scopes, s.problem, s.status = "r_me", "missing_scope", 403 }, []string{"since 12:00: scope r_ads gone"}},
		"a field less": {func(s *sketch) {
			s.head, s.problem, s.status = strings.Replace(usual, "Content-Type: application/json\n", "", 1), "unsupported_media_type", 415
		}, []string{"since 12:00: media type was application/json, is none"}},
		"another member": {func(s *sketch) {
			s.body, s.problem, s.status = `{"title":"PLANTED","by":{"id":1}}`, "invalid_body", 400
		}, []string{"since 12:00: body member name gone", "since 12:00: body member title new"}},
		"another configuration":                  {func(s *sketch) { s.revision, s.problem, s.status = 4, "upstream_broke", 502 }, []string{"configuration revision 3 → 4 changed this route at 12:00 | the API's configuration changed at 12:00"}},
		"no token at all, from the same network": {func(s *sketch) { s.app, s.problem, s.status = "", "empty_access_token", 401 }, []string{"since 12:00: place of the token was authorization, is none |"}},
		"nothing that is known":                  {func(s *sketch) { s.problem, s.status = "internal_error", 500 }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(noon))
				k := newKept()
				l := begun(Options{Open: opening(k), Now: time.Now, Salt: []byte("a salt of 16 byte")}, Settings{})
				for range 6 {
					l.bring(t, good)
				}
				if err := l.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				for kind, notes := range k.notes {
					for key, value := range notes {
						if bytes.Contains([]byte(key), []byte("PLANTED")) || bytes.Contains(value, []byte("PLANTED")) || bytes.Contains(value, []byte("192.0")) {
							t.Errorf("a value is in the notes of %s: %q", kind, value)
						}
					}
				}
				l = begun(Options{Open: opening(k), Now: time.Now, Salt: []byte("another, unused")}, Settings{})
				bad := good
				c.fails(&bad)
				l.bring(t, bad)
				time.Sleep(time.Second)
				l.bring(t, bad)
				if err := l.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				all := slices.SortedFunc(maps.Values(k.records), func(a, b *Record) int { return a.Time.Compare(b.Time) })
				var got []string
				for _, d := range all[0].Changed {
					said := d.Text
					if d.Told != d.Text {
						said = strings.TrimSpace(said + " | " + d.Told)
					}
					got = append(got, said)
				}
				if diff := cmp.Diff(c.changed, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("changed (-want +got):\n%s\nalso: %+v", diff, all[0].Also)
				}
				lastGood := noon
				if diff := cmp.Diff(&Recurs{Times: 2, Since: noon, LastGood: lastGood}, all[1].Recurs); diff != "" && c.changed != nil && bad.app != "" {
					t.Errorf("recurs (-want +got):\n%s", diff)
				}
				for _, d := range all[0].ForDeveloper().Changed {
					if strings.Contains(fmt.Sprint(d), "revision") {
						t.Errorf("a developer is told %+v", d)
					}
				}
			})
		})
	}
}

// What is forgotten of an app is not compared with any more.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept()
		l := begun(Options{Open: opening(k), Now: time.Now, Salt: []byte("salt")}, Settings{Addresses: NoAddresses})
		for _, app := range []string{"shop", "other"} {
			l.bring(t, sketch{target: "/ads", head: usual, app: app, status: 200})
		}
		if _, err := l.Forget(context.Background(), "shop", ""); err != nil {
			t.Fatal(err)
		}
		if n := len(k.notes[noteGood]); n != 1 {
			t.Errorf("%d notes are left", n)
		}
		_ = l.Close(t.Context())
		if _, err := Forget(t.Context(), k, "other", ""); err != nil || len(k.notes[noteGood]) != 0 { // of a log that is not at work
			t.Errorf("%d notes are left: %v", len(k.notes[noteGood]), err)
		}
	})
}
