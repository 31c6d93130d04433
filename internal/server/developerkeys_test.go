package server_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/server"
)

func createDeveloper(t *testing.T, a admin.Accounts, email string) {
	t.Helper()
	if _, err := a.CreateStaff(t.Context(), admin.Developer, admin.AccountRequest{Email: email}); err != nil {
		t.Fatal(err)
	}
}

// TestADeveloperKeyLives over a restart, and until it is revoked; what the operator can mend is said so.
func TestADeveloperKeyLives(t *testing.T) {
	s := newStage(t)
	i := s.start("{name: partner,", "{name: partner, owners: [eve@example.com],")
	createDeveloper(t, i.Accounts(), "eve@example.com")
	createMember(t, i.Accounts(), admin.AccountRequest{Member: "ada", Email: "ada@example.com"})
	made, err := i.Accounts().CreateDeveloperKey(t.Context(), "Eve@Example.com", admin.DeveloperKeyRequest{Name: "ci"})
	if err != nil || !strings.HasPrefix(made.Key, "cdr_dk_") || len(made.Key) != 50 || made.Email != "eve@example.com" || made.Note != "there is no page at which it could be used, since www: is off" {
		t.Fatalf("%+v %v", made, err)
	}
	if err = i.end(); err != nil {
		t.Fatal(err)
	}
	a, err := server.OpenAccounts(t.Context(), s.config(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for n := range account.MostDeveloperKeys - 1 {
		if _, err = a.CreateDeveloperKey(t.Context(), "eve@example.com", admin.DeveloperKeyRequest{Name: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	key := func(email, name string) error {
		_, failed := a.CreateDeveloperKey(t.Context(), email, admin.DeveloperKeyRequest{Name: name})
		return failed
	}
	revoke := func(email, name string) error {
		_, failed := a.RevokeDeveloperKey(t.Context(), email, name)
		return failed
	}
	_, unlisted := a.DeveloperKeys(t.Context(), "ada@example.com")
	for name, c := range map[string]struct {
		err  error
		want admin.Fault
	}{
		"no name":            {key("eve@example.com", ""), admin.Fault{Status: 400, Message: "the name of a developer key has 1 to 40 characters, this one 0"}},
		"no address":         {key("eve", "x"), admin.Fault{Status: 400, Message: `"eve" is no e-mail address; expected one like ada@example.com`}},
		"nobody":             {key("bob@example.com", "x"), admin.Fault{Status: 404, Message: "there is no developer bob@example.com; candor developer create bob@example.com makes one"}},
		"a member":           {key("ada@example.com", "x"), admin.Fault{Status: 404, Message: "there is no developer ada@example.com; candor developer create ada@example.com makes one"}},
		"a name twice":       {key("eve@example.com", "ci"), admin.Fault{Status: 409, Message: `eve@example.com has a developer key "ci" already; choose another --name, or revoke that one with candor developer key revoke eve@example.com ci`}},
		"one too many":       {key("eve@example.com", "x"), admin.Fault{Status: 409, Message: "eve@example.com has 20 developer keys, which is the most; candor developer key list eve@example.com shows them, and candor developer key revoke ends one"}},
		"revoke none":        {revoke("eve@example.com", "x"), admin.Fault{Status: 404, Message: `eve@example.com has no developer key "x" that is good; candor developer key list eve@example.com shows those that it has`}},
		"revoke somebody's":  {revoke("ada@example.com", "ci"), admin.Fault{Status: 404, Message: "there is no developer ada@example.com; candor developer create ada@example.com makes one"}},
		"list those of none": {unlisted, admin.Fault{Status: 404, Message: "there is no developer ada@example.com; candor developer create ada@example.com makes one"}},
	} {
		f, is := errors.AsType[*admin.Fault](c.err)
		if !is {
			t.Errorf("%s: %v", name, c.err)
			continue
		}
		if diff := cmp.Diff(c.want, *f); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	was, err := a.RevokeDeveloperKey(t.Context(), "eve@example.com", "ci")
	if err != nil || was.RevokedAt == nil {
		t.Error(was, err)
	}
	all, err := a.DeveloperKeys(t.Context(), "eve@example.com")
	if err != nil || len(all) != account.MostDeveloperKeys {
		t.Fatal(all, err)
	}
	if diff := cmp.Diff(admin.DeveloperKey{Name: "ci", RevokedAt: was.RevokedAt}, all[0], cmpopts.IgnoreFields(admin.DeveloperKey{}, "CreatedAt")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	again := i.Accounts()
	if _, err = again.CreateDeveloperKey(t.Context(), "eve@example.com", admin.DeveloperKeyRequest{Name: "ci"}); err == nil {
		t.Error("an instance that has ended makes a key")
	}
}
