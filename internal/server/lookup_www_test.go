package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
)

func recordOf(t *testing.T, p page) *requestlog.Record {
	t.Helper()
	r := &requestlog.Record{}
	if err := json.Unmarshal([]byte(p.body), r); p.status != 200 || err != nil {
		t.Fatalf("%d %v: %s", p.status, err, p.body)
	}
	return r
}

func idsOf(t *testing.T, p page) (ids []string, next string) {
	t.Helper()
	var all admin.RequestPage
	if err := json.Unmarshal([]byte(p.body), &all); p.status != 200 || err != nil {
		t.Fatalf("%d %v: %s", p.status, err, p.body)
	}
	for _, r := range all.Requests {
		ids = append(ids, r.RequestID)
	}
	return ids, all.Next
}

var sameRecord = cmp.Options{cmpopts.IgnoreFields(requestlog.Record{}, "ID"), cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateEmpty()}

// TestWhoSeesARequest: the owner of its app what a developer may know, by key and by session, in each spelling of the id; an operator all of it; who owns nothing of it
// nothing, and of a call that is nobody's a little.
func TestWhoSeesARequest(t *testing.T) {
	l := newLibrary(t)
	shops, nobodys := l.failed("shop", 60), l.failed("", 61)
	l.keeps(shops, nobodys)
	eve, olga := l.signedIn("eve"), l.signedIn("olga")
	for name, c := range map[string]struct {
		got  page
		want *requestlog.Record
	}{
		"the owner, by key":          {l.byKey(l.keys["eve"], "/v1/requests/"+shops.RequestID), shops.ForDeveloper()},
		"by hex digits":              {l.byKey(l.keys["eve"], "/v1/requests/"+string(shops.ID.AppendHex(nil))), shops.ForDeveloper()},
		"by base64":                  {l.byKey(l.keys["eve"], "/v1/requests?id="+string(shops.ID.AppendBase64(nil))), shops.ForDeveloper()},
		"the owner, by session":      {eve.get("/v1/requests/" + shops.RequestID), shops.ForDeveloper()},
		"an operator":                {olga.get("/v1/requests/" + shops.RequestID), shops},
		"nobody's call, by key":      {l.byKey(l.keys["bob"], "/v1/requests/"+nobodys.RequestID), nobodys.ByIDAlone()},
		"nobody's call, an onlooker": {eve.get("/v1/requests?id=" + nobodys.RequestID), nobodys.ByIDAlone()},
	} {
		if diff := cmp.Diff(c.want, recordOf(t, c.got), sameRecord); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if c.got.head.Get("Cache-Control") != "no-store" || c.got.head.Get("Content-Type") != "application/json" || c.got.head.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", name, c.got.head)
		}
	}
	if p := eve.ask("HEAD", "/v1/requests/"+shops.RequestID, nil); p.status != 200 || p.body != "" {
		t.Errorf("HEAD: %d %q", p.status, p.body)
	}
	if p := eve.post("/v1/requests/" + shops.RequestID); p.status != 405 {
		t.Errorf("POST: %d", p.status)
	}
}

// but leaves out of an answer what two answers never share.
func (p page) but() (int, http.Header, string) {
	head := maps.Clone(p.head)
	head.Del("Date")
	body := strings.ReplaceAll(p.body, head.Get("X-Request-Id"), "ID")
	head.Del("X-Request-Id")
	return p.status, head, body
}

// TestAnothersIsUnknown: what somebody else owns and what nobody knows are answered with the same bytes, but for id and date, however it is asked for.
func TestAnothersIsUnknown(t *testing.T) {
	l := newLibrary(t)
	shops, now := l.failed("shop", 60), l.failed("shop", 0)
	l.keeps(shops, now)
	bob := l.signedIn("bob")
	unknown := func(like *requestlog.Record) string {
		return callid.New(like.Time.UnixMilli(), 0xfff, 0x1234).String()
	}
	for _, ask := range []func(path string) page{bob.get, func(path string) page { return l.byKey(l.keys["bob"], path) }} {
		for _, form := range []string{"/v1/requests/%s", "/v1/requests?id=%s"} {
			for _, r := range []*requestlog.Record{shops, now} {
				status, head, body := ask(fmt.Sprintf(form, r.RequestID)).but()
				wantStatus, wantHead, wantBody := ask(fmt.Sprintf(form, unknown(r))).but()
				if status != 404 || status != wantStatus || body != wantBody || strings.Contains(body, r.RequestID) {
					t.Errorf("%s: %d %s, of an unknown one %d %s", form, status, body, wantStatus, wantBody)
				}
				if diff := cmp.Diff(wantHead, head); diff != "" {
					t.Errorf("%s: -unknown +another's\n%s", form, diff)
				}
			}
		}
	}
	_, _, ill := bob.get("/v1/requests/4711").but()
	if _, _, body := bob.get("/v1/requests/" + shops.RequestID).but(); body != ill {
		t.Errorf("what is no id: %s", ill)
	}
}

// TestListsOfRequests: developers see those of their apps, page by page; filters of others' find nothing.
func TestListsOfRequests(t *testing.T) {
	l := newLibrary(t)
	var shops []string
	for n := range 5 {
		r := l.failed("shop", int64(60*(n+1)))
		shops = append(shops, r.RequestID)
		l.keeps(r, l.failed("bobs", int64(60*(n+1))), l.failed("", int64(60*(n+1))))
	}
	eve := l.signedIn("eve")
	for query, want := range map[string][]string{
		"":                                  shops,
		"?app=shop":                         shops,
		"?app=bobs":                         nil,
		"?app=nosuch":                       nil,
		"?member=member-of-bobs":            nil,
		"?member=member-of-shop":            shops,
		"?status=404":                       nil,
		"?problem=access_denied&since=130s": shops[:2],
		"?until=270s":                       shops[4:],
		"?path=%2Fme":                       shops,
		"?path=%2Fyou":                      nil,
	} {
		if got, _ := idsOf(t, eve.get("/v1/requests"+query)); !cmp.Equal(want, got, cmpopts.EquateEmpty()) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	var all []string
	for next := "start"; next != ""; {
		var some []string
		query := "?limit=2"
		if next != "start" {
			query += "&cursor=" + next
		}
		some, next = idsOf(t, l.byKey(l.keys["eve"], "/v1/requests"+query))
		all = append(all, some...)
	}
	if !cmp.Equal(shops, all) {
		t.Errorf("page by page: %v, want %v", all, shops)
	}
	if got, _ := idsOf(t, l.signedIn("olga").get("/v1/requests?route=api%2Fme")); len(got) != 15 {
		t.Errorf("an operator sees %d", len(got))
	}
	for query, want := range map[string]string{
		"?since=yesterday":              "Write since as a time ago such as 2h or 7d, or a moment such as 2026-03-01T12:00:00Z.",
		"?route=api%2Fme":               "Use one of: id, app, member, problem, status, path, since, until, cursor, limit.",
		"?limit=1&limit=2":              "Send limit once.",
		"?id=" + shops[0] + "&app=shop": "Send id, or the other parameters.",
		"?path=%2":                      "Write a percent sign as %25",
	} {
		if p := eve.get("/v1/requests" + query); p.status != 400 || !strings.Contains(p.body, want) {
			t.Errorf("%s: %d %s", query, p.status, p.body)
		}
	}
}

// TestWhoMayNotLook: each is told why, and how it is done.
func TestWhoMayNotLook(t *testing.T) {
	l := newLibrary(t)
	l.keeps(l.failed("shop", 60))
	expired := l.signedIn("eve")
	l.wait(31 * 24 * time.Hour)
	ada := l.signedIn("ada")
	with := func(authorization string) page {
		return l.visitor().ask("GET", "/v1/requests", nil, "Authorization", authorization)
	}
	const bare = `Bearer realm="candor"`
	for name, c := range map[string]struct {
		got                        page
		status                     int
		problem, challenge, detail string
	}{
		"nobody":             {l.visitor().get("/v1/requests"), 401, "empty_access_token", bare, "or sign in at this site"},
		"an expired session": {expired.get("/v1/requests"), 401, "empty_access_token", bare, "or sign in at this site"},
		"a member":           {ada.get("/v1/requests"), 403, "access_denied", "", "candor developer create EMAIL"},
		"an empty key":       {with("Bearer "), 401, "empty_access_token", bare, "candor developer key create EMAIL"},
		"no scheme":          {with(l.keys["eve"]), 401, "unknown_auth_scheme", bare, "Put the word Bearer"},
		"another scheme":     {with("Basic " + l.keys["eve"]), 401, "unknown_auth_scheme", bare, "must be Bearer"},
		"an access token":    {with("Bearer cdr_at_abc"), 401, "invalid_access_token", bare + `, error="invalid_token"`, "begins with cdr_dk_"},
		"an unknown key":     {with("Bearer " + l.keys["eve"] + "x"), 401, "invalid_access_token", bare + `, error="invalid_token"`, "43 characters"},
		"a revoked key":      {with("Bearer " + l.keys["revoked"]), 401, "revoked_access_token", bare + `, error="invalid_token"`, "another developer key"},
	} {
		if c.got.status != c.status || c.got.head.Get("Candor-Problem") != c.problem || !strings.HasPrefix(c.got.head.Get("WWW-Authenticate"), c.challenge) || !strings.Contains(c.got.body, c.detail) {
			t.Errorf("%s: %d %s %q %s", name, c.got.status, c.got.head.Get("Candor-Problem"), c.got.head.Get("WWW-Authenticate"), c.got.body)
		}
	}
	for who, key := range l.keys {
		if strings.Contains(l.log.String()+l.out.String(), key) {
			t.Errorf("the key of %s is in a log", who)
		}
	}
}

// TestKeysThatOpenNothing have to wait after a few, by network, and hold up nobody who has a good one.
func TestKeysThatOpenNothing(t *testing.T) {
	l := newLibrary(t)
	for n := range 6 {
		want := 401
		if n == 5 {
			want = 429
		}
		p := l.byKey(fmt.Sprint("cdr_dk_", n), "/v1/requests")
		if p.status != want || (p.head.Get("Retry-After") != "") != (want == 429) {
			t.Errorf("key %d: %d %s", n, p.status, p.body)
		}
	}
	if p := l.byKey(l.keys["eve"], "/v1/requests"); p.status != 200 {
		t.Errorf("a good one: %d", p.status)
	}
}

// TestADeveloperKeyIsUsed: the last use is kept to a minute; it dies with the role that the configuration gave, and is worth nothing while its member is restricted.
func TestADeveloperKeyIsUsed(t *testing.T) {
	l := newLibrary(t)
	used := func() time.Time {
		t.Helper()
		all, err := l.Accounts().DeveloperKeys(t.Context(), "eve@example.com")
		if err != nil || all[0].LastUsedAt == nil {
			t.Fatal(all, err)
		}
		return *all[0].LastUsedAt
	}
	l.byKey(l.keys["eve"], "/v1/requests")
	first := used()
	l.wait(30 * time.Second)
	l.byKey(l.keys["eve"], "/v1/requests")
	if !used().Equal(first) {
		t.Error("noted within the minute")
	}
	l.wait(31 * time.Second)
	l.byKey(l.keys["eve"], "/v1/requests")
	if got := used().Sub(first); got != 61*time.Second {
		t.Errorf("noted after %s", got)
	}
	if _, err := l.Accounts().CreateMember(t.Context(), admin.AccountRequest{Member: "eve", Email: "eve@example.com"}); err != nil {
		t.Fatal(err)
	}
	restrict := func(restricted bool) {
		t.Helper()
		if _, err := l.Accounts().ChangeMember(t.Context(), "eve", admin.MemberChange{Restricted: &restricted}); err != nil {
			t.Fatal(err)
		}
	}
	restrict(true)
	if p := l.byKey(l.keys["eve"], "/v1/requests"); p.status != 401 || p.head.Get("Candor-Problem") != "restricted_member" {
		t.Errorf("restricted: %d %s", p.status, p.body)
	}
	restrict(false)
	if p := l.byKey(l.keys["eve"], "/v1/requests"); p.status != 200 {
		t.Errorf("lifted: %d", p.status)
	}
}
