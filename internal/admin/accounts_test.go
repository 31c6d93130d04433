package admin

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// register keeps one account, and what it was asked.
type register struct {
	asked []any
	err   error
}

func (g *register) note(asked ...any) { g.asked = append(g.asked, asked...) }

func (g *register) Members(context.Context) ([]Account, error) {
	g.note("members")
	return nil, g.err
}

func (g *register) Member(_ context.Context, id string) (Account, error) {
	g.note("member", id)
	return Account{Member: id, Email: "ada@example.com", Roles: []string{"member"}, Password: true, Apps: []string{}, CreatedAt: &noon}, g.err
}

func (g *register) CreateMember(_ context.Context, r AccountRequest) (AccountAnswer, error) {
	g.note("create member", r)
	return AccountAnswer{Account: Account{Member: r.Member, Email: r.Email}, NewPassword: "s3cret", Note: "n"}, g.err
}

func (g *register) ChangeMember(_ context.Context, id string, c MemberChange) (AccountAnswer, error) {
	g.note("change member", id, c)
	return AccountAnswer{Account: Account{Member: id, Restricted: true}}, g.err
}

func (g *register) EraseMember(_ context.Context, id string) (Erased, error) {
	g.note("erase member", id)
	return Erased{Member: id, Account: true, Grants: 3}, g.err
}

func (g *register) Staff(_ context.Context, role string) ([]Account, error) {
	g.note("staff", role)
	return []Account{{Email: "eve@example.com", Roles: []string{role}, Apps: []string{"shop"}}}, g.err
}

func (g *register) CreateStaff(_ context.Context, role string, r AccountRequest) (AccountAnswer, error) {
	g.note("create staff", role, r)
	return AccountAnswer{Account: Account{Email: r.Email}}, g.err
}

func TestAccounts(t *testing.T) {
	json := []string{"Content-Type", "application/json", "Authorization", "Bearer sesame-sesame-sesame"}
	fault := &Fault{Status: 404, Message: "nobody"}
	const (
		odd     = "urn:li:a/b?c=%2F#&..//"
		escaped = "urn:li:a%2Fb%3Fc=%252F%23&..%2F%2F"
		nobody  = `{"status": 404,"message": "nobody"}`
		adaJSON = `"member": "ada","email": "ada@example.com","roles": ["member"],"restricted": false,"password": true,"apps": [],"created_at": "2026-03-01T12:00:00Z"`
		eveJSON = `{"email": "eve@example.com","roles": ["operator"],"restricted": false,"password": false,"apps": ["shop"]}`
		rest    = `"roles": null,"restricted": false,"password": false,"apps": null`
	)
	for name, c := range map[string]struct {
		method, path, body string
		err                error
		want               answered
		asked              []any
	}{
		"list":         {"GET", "/v1/members", "", nil, said(200, "[]"), []any{"members"}},
		"list fails":   {"GET", "/v1/members", "", errors.New("disk"), said(500, `{"status": 500,"message": "disk"}`), []any{"members"}},
		"show":         {"GET", "/v1/members/ada", "", nil, said(200, "{"+adaJSON+"}"), []any{"member", "ada"}},
		"show nobody":  {"GET", "/v1/members/eve", "", fault, said(404, nobody), []any{"member", "eve"}},
		"an odd id":    {"DELETE", "/v1/members/" + escaped, "", fault, said(404, nobody), []any{"erase member", odd}},
		"create":       {"POST", "/v1/members", `{"member":"ada","email":"a@b"}`, nil, said(201, `{"member": "ada","email": "a@b",`+rest+`,"new_password": "s3cret","note": "n"}`), []any{"create member", AccountRequest{Member: "ada", Email: "a@b"}}},
		"create twice": {"POST", "/v1/members", `{"member":"ada","email":"a@b"}`, fault, said(404, nobody), []any{"create member", AccountRequest{Member: "ada", Email: "a@b"}}},
		"unknown key":  {"POST", "/v1/members", `{"mail":"a@b"}`, nil, said(400, `{"status": 400,"message": "The body is not what was expected: unknown field \"mail\"","fix": "Send one JSON object with the fields that are known here."}`), nil},
		"restrict":     {"POST", "/v1/members/ada", `{"restricted":true}`, nil, said(200, `{"member": "ada","roles": null,"restricted": true,"password": false,"apps": null}`), []any{"change member", "ada", MemberChange{Restricted: new(true)}}},
		"erase":        {"DELETE", "/v1/members/ada", "", nil, said(200, `{"member": "ada","account": true,"grants": 3}`), []any{"erase member", "ada"}},
		"developers":   {"GET", "/v1/developers", "", errors.New("disk"), said(500, `{"status": 500,"message": "disk"}`), []any{"staff", "developer"}},
		"operators":    {"GET", "/v1/operators", "", nil, said(200, "["+eveJSON+"]"), []any{"staff", "operator"}},
		"an operator":  {"POST", "/v1/operators", `{"email":"a@b","password":"p"}`, nil, said(201, `{"email": "a@b",`+rest+`}`), []any{"create staff", "operator", AccountRequest{Email: "a@b", Password: "p"}}},
		"a developer":  {"POST", "/v1/developers", `{"email":1}`, nil, said(400, `{"status": 400,"message": "The body is not what was expected: cannot unmarshal number into Go struct field AccountRequest.email of type string","fix": "Send one JSON object with the fields that are known here."}`), nil},
	} {
		g := &register{err: c.err}
		got := ask(Handler(Options{Token: "sesame-sesame-sesame", Accounts: g}), c.method, c.path, c.body, json...)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if diff := cmp.Diff(c.asked, g.asked); diff != "" {
			t.Errorf("%s asked for: -want +got\n%s", name, diff)
		}
	}
	for _, path := range []string{"/v1/members", "/v1/members/ada", "/v1/developers", "/v1/operators"} {
		for _, method := range []string{"GET", "POST"} {
			if got := ask(Handler(Options{Accounts: &register{}}), method, path, "{}", json...); got.Status != 403 {
				t.Errorf("%s %s without a token in the configuration: %+v", method, path, got)
			}
		}
	}
}

func TestAccountsByTheClient(t *testing.T) {
	g := &register{}
	over := httptest.NewServer(Handler(Options{Token: "sesame-sesame-sesame", Accounts: g}))
	defer over.Close()
	c := DialTCP(over.Listener.Addr().String(), "sesame-sesame-sesame")
	const odd = "urn:li:a/b?c=%2F#&..//"
	asked, change := AccountRequest{Member: odd, Email: "a@b", Password: "p"}, MemberChange{Restricted: new(false), SetPassword: true, Password: "p"}
	type result struct {
		is  any
		err error
	}
	both := func(is any, err error) result { return result{is, err} }
	calls := func(a Accounts) []result {
		ctx := t.Context()
		var all []result
		_, err := a.Members(ctx) // none, which JSON has as an empty list
		all = append(all, both(nil, err), both(a.Member(ctx, odd)), both(a.CreateMember(ctx, asked)), both(a.ChangeMember(ctx, odd, change)))
		return append(all, both(a.EraseMember(ctx, odd)), both(a.Staff(ctx, Operator)), both(a.CreateStaff(ctx, Developer, asked)))
	}
	there := calls(c)
	over1 := g.asked
	g.asked = nil
	if diff := cmp.Diff(calls(g), there, cmp.AllowUnexported(result{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff(g.asked, over1); diff != "" {
		t.Errorf("asked: -want +got\n%s", diff)
	}
	g.err = &Fault{Status: 409, Message: "no"}
	for i, r := range calls(c) {
		if diff := cmp.Diff(g.err, r.err); diff != "" {
			t.Errorf("call %d: %s", i, diff)
		}
	}
}
