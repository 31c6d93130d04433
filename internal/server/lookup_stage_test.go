package server

import (
	"cmp"
	"context"
	"hash/crc32"
	"net/netip"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// library is a lobby with a request log. Eve owns the app shop, bob owns bobs, olga is an operator; ada is a member and no more.
type library struct {
	*lobby
	keys map[string]string // by who has it
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{newLobby(t, "accounts: true"), map[string]string{}}
	for email, role := range map[string]string{"eve@example.com": admin.Developer, "bob@example.com": admin.Developer, "olga@example.com": admin.Operator} {
		if _, err := l.Accounts().CreateStaff(t.Context(), role, admin.AccountRequest{Email: email, Password: adasPassword}); err != nil {
			t.Fatal(err)
		}
	}
	for app, owner := range map[string]string{"shop": "eve@example.com", "bobs": "bob@example.com"} {
		if _, err := l.CreateApp(t.Context(), admin.AppRequest{Name: app, Owners: []string{owner}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []string{"eve", "bob", "revoked"} {
		email := who + "@example.com"
		if who == "revoked" {
			email = "bob@example.com"
		}
		made, err := l.Accounts().CreateDeveloperKey(t.Context(), email, admin.DeveloperKeyRequest{Name: who})
		if err != nil {
			t.Fatal(err)
		}
		l.keys[who] = made.Key
	}
	if _, err := l.Accounts().RevokeDeveloperKey(t.Context(), "bob@example.com", "revoked"); err != nil {
		t.Fatal(err)
	}
	return l
}

// keeps puts a record into the log.
func (l *library) keeps(all ...*requestlog.Record) {
	l.Helper()
	err := l.requests.Do(l.Context(), func(ctx context.Context, store requestlog.Store) error { return store.Add(ctx, all) })
	if err != nil {
		l.Fatal(err)
	}
}

// failed is a call of an app that was refused, so many seconds ago, with something in each place that not everybody may see.
func (l *library) failed(app string, ago int64) *requestlog.Record {
	at := l.o.Now().Add(-time.Duration(ago) * time.Second).UTC().Truncate(time.Millisecond)
	id := callid.New(at.UnixMilli(), 0, uint64(ago)<<20|uint64(crc32.ChecksumIEEE([]byte(app))&0xfffff))
	from := netip.MustParseAddr("203.0.113.77")
	of := cmp.Or(app, "nobody")
	return &requestlog.Record{
		ID: id, RequestID: id.String(), Time: at, Status: 403, Problem: "access_denied", By: requestlog.ByGateway, API: "api", Route: "api/me", Resource: "api/me", Revision: 12,
		Method: "GET", Target: "/me?of=" + of, Version: "HTTP/1.1", Headers: []requestlog.Field{{Name: "User-Agent", Value: "agent-of-" + of}},
		Body: &requestlog.Body{Text: "body-of-" + of, Bytes: 9}, App: app, Member: "member-of-" + of, ClientID: "client-of-" + of,
		Answer: &requestlog.Answer{Headers: []requestlog.Field{{Name: "Content-Type", Value: "application/json"}}, Body: &requestlog.Body{Text: "answer-to-" + of}},
		Token:  &requestlog.Token{Kind: "access token", Hash: "abcd0123", Genuine: true, Grant: 4711}, Client: from, Peer: from, AnswerID: "answer-id-of-" + of,
		Upstream: &requestlog.Upstream{Name: "upstream-of-" + of, Address: "10.9.8.7:80"}, Note: "note-of-" + of, Refused: "permission", Passed: []string{"route", "credential"},
	}
}

// signedIn is somebody who has signed in.
func (l *library) signedIn(who string) *visitor {
	l.Helper()
	v := l.visitor()
	if p := v.post("/sign-in", "email", who+"@example.com", "password", adasPassword); p.status != 303 {
		l.Fatalf("%s cannot sign in: %d", who, p.status)
	}
	return v
}

// byKey asks with a key alone.
func (l *library) byKey(key, path string) page {
	l.Helper()
	return l.visitor().ask("GET", path, nil, "Authorization", "Bearer "+key)
}
