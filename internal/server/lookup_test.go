package server

import (
	"encoding/json"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// TestTheOperatorLooksUp: all of a record, by each spelling of its id; mistakes are told with what to do.
func TestTheOperatorLooksUp(t *testing.T) {
	l := newLibrary(t)
	shops, bobs := l.failed("shop", 60), l.failed("bobs", 61)
	l.keeps(shops, bobs)
	operatorsLookUp(t, l.lookup(), shops, bobs)
}

// operatorsLookUp holds a log of two records to what an operator may ask. It forgets one of them.
func operatorsLookUp(t *testing.T, requests admin.Requests, shops, bobs *requestlog.Record) {
	t.Helper()
	for _, id := range []string{shops.RequestID, string(shops.ID.AppendHex(nil)), string(shops.ID.AppendBase64(nil)), strings.ReplaceAll(string(shops.ID.AppendBase64(nil)), "+", " ")} {
		got, err := requests.Request(t.Context(), id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if diff := cmp.Diff(shops, got, sameRecord); diff != "" {
			t.Errorf("%s: -want +got\n%s", id, diff)
		}
	}
	page, err := requests.Requests(t.Context(), url.Values{"app": {"shop"}, "limit": {"1"}})
	if err != nil || len(page.Requests) != 1 || page.Requests[0].RequestID != shops.RequestID || page.Next != "" {
		t.Errorf("%+v %v", page, err)
	}
	explained, err := requests.Explanation(t.Context(), shops.RequestID)
	if text, failed := json.Marshal(explained); err != nil || failed != nil || !strings.Contains(string(text), "access_denied") {
		t.Errorf("%s %v %v", text, err, failed)
	}
	unknown := callid.New(shops.Time.UnixMilli(), 1, 2).String()
	one := func(id string) error { _, failed := requests.Request(t.Context(), id); return failed }
	list := func(query url.Values) error { _, failed := requests.Requests(t.Context(), query); return failed }
	forget := func(of admin.ForgetRequests) error {
		_, failed := requests.ForgetRequests(t.Context(), of)
		return failed
	}
	for name, c := range map[string]struct {
		err  error
		want admin.Fault
	}{
		"no id": {one("4711"), admin.Fault{Status: 400, Message: "that is no id of a request", Fix: "An answer has it in X-Request-Id; it is a UUID, 32 hex digits, or base64 (that as ?id=)."}},
		"an unknown id": {one(unknown), admin.Fault{
			Status: 404, Message: "there is no record of that id",
			Fix: "Calls that went well are only counted, of many that fail in one second only some are kept, and the oldest go first (requests: in the configuration); candor requests list shows what there is.",
		}},
		"a parameter": {list(url.Values{"since": {"yesterday"}}), admin.Fault{
			Status: 400, Message: `the parameter since cannot be read: "yesterday"`, Fix: "Write it as a time ago such as 2h or 7d, or a moment such as 2026-03-01T12:00:00Z.",
		}},
		"a problem that is misspelled": {list(url.Values{"problem": {"throtled"}}), admin.Fault{
			Status: 400, Message: `the parameter problem cannot be read: "throtled"`, Fix: "Write it as the name of a problem, such as throttled; throttled is probably the one that was meant.",
		}},
		"a problem that nobody knows": {list(url.Values{"problem": {"xyz"}}), admin.Fault{
			Status: 400, Message: `the parameter problem cannot be read: "xyz"`, Fix: "Write it as the name of a problem, such as throttled.",
		}},
		"forget nothing": {forget(admin.ForgetRequests{}), admin.Fault{Status: 400, Message: "say of whom the requests are to be forgotten: of a member, or of an app"}},
		"forget both":    {forget(admin.ForgetRequests{App: "a", Member: "b"}), admin.Fault{Status: 400, Message: "say of whom the requests are to be forgotten: of a member, or of an app"}},
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
	gone, err := requests.ForgetRequests(t.Context(), admin.ForgetRequests{App: "shop"})
	if diff := cmp.Diff(admin.ForgottenRequests{ForgetRequests: admin.ForgetRequests{App: "shop"}, Gone: 1}, gone); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if one(shops.RequestID) == nil || one(bobs.RequestID) != nil {
		t.Error("another one was forgotten")
	}
}

// TestAStoppedLogIsLookedInto, in the data folder that an instance has left, and by nobody beside one that runs.
func TestAStoppedLogIsLookedInto(t *testing.T) {
	l := newLibrary(t)
	shops, bobs := l.failed("shop", 60), l.failed("bobs", 61)
	cfg := l.config("accounts: true")
	if _, err := OpenRequests(t.Context(), cfg, l.o.Now()); err == nil {
		t.Error("opened beside an instance that runs")
	}
	l.close()
	store, err := sqlite.OpenLog(t.Context(), filepath.Join(l.dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	if err = errors.Join(store.Add(t.Context(), []*requestlog.Record{shops, bobs}), store.Close()); err != nil {
		t.Fatal(err)
	}
	stopped, err := OpenRequests(t.Context(), cfg, l.o.Now())
	if err != nil {
		t.Fatal(err)
	}
	operatorsLookUp(t, stopped, shops, bobs)
	if err = stopped.Close(); err != nil {
		t.Error(err)
	}
	if stopped, err = OpenRequests(t.Context(), cfg, l.o.Now()); err != nil {
		t.Fatal("it holds the folder still: ", err)
	}
	if _, err = stopped.Request(t.Context(), bobs.RequestID); err != nil {
		t.Error(err)
	}
	if err = stopped.Close(); err != nil {
		t.Error(err)
	}
}

// TestNothingToLookInto says so.
func TestNothingToLookInto(t *testing.T) {
	l := newLobby(t, "accounts: true")
	cfg := l.config("accounts: true")
	l.close()
	cfg.Data = t.TempDir()
	if _, err := OpenRequests(t.Context(), cfg, l.now); err == nil || !strings.HasPrefix(err.Error(), "there is no request log: by ") {
		t.Error(err)
	}
}

// TestWhoIsErasedIsForgotten by the request log too, whether the instance runs or not.
func TestWhoIsErasedIsForgotten(t *testing.T) {
	l := newLibrary(t)
	ada := l.failed("shop", 60)
	ada.Member = "ada"
	bob := l.failed("bobs", 60)
	l.keeps(ada, bob)
	if _, err := l.Accounts().EraseMember(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.lookup().Request(t.Context(), ada.RequestID); err == nil {
		t.Error("the call of a member who was erased is there still")
	}
	if _, err := l.lookup().Request(t.Context(), bob.RequestID); err != nil {
		t.Error(err)
	}
	if _, err := l.Accounts().CreateMember(t.Context(), admin.AccountRequest{Member: "carl", Email: "carl@example.com"}); err != nil {
		t.Fatal(err)
	}
	l.close()
	store, err := sqlite.OpenLog(t.Context(), filepath.Join(l.dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	ada.Member = "carl"
	if err = errors.Join(store.Add(t.Context(), []*requestlog.Record{ada, bob}), store.Close()); err != nil {
		t.Fatal(err)
	}
	cfg := l.config("accounts: true")
	accounts, err := OpenAccounts(t.Context(), cfg, l.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = accounts.EraseMember(t.Context(), "carl"); err != nil {
		t.Error(err)
	}
	if err = accounts.Close(); err != nil {
		t.Error(err)
	}
	stopped, err := OpenRequests(t.Context(), cfg, l.now)
	if err != nil {
		t.Fatal(err)
	}
	defer stopped.Close()
	if _, err = stopped.Request(t.Context(), ada.RequestID); err == nil {
		t.Error("it is there still, over a stopped instance")
	}
	if _, err = stopped.Request(t.Context(), bob.RequestID); err != nil {
		t.Error(err)
	}
}

// TestACursorNamesNoCallOfOthers: it is the id of the last call of the page, or a moment.
func TestACursorNamesNoCallOfOthers(t *testing.T) {
	id := callid.New(1_800_000_000_000, 5, 6)
	page := []*requestlog.Record{{ID: callid.New(1_800_000_000_001, 1, 2)}, {ID: id}}
	for name, c := range map[string]struct {
		found []*requestlog.Record
		next  callid.ID
		want  string
	}{
		"the end":               {page, callid.ID{}, ""},
		"behind a full page":    {page, id, id.String()},
		"behind what was found": {page, callid.New(1_700_000_000_000, 5, 6), callid.New(1_700_000_000_001, 0, 0).String()},
		"where nothing was":     {nil, id, callid.New(1_800_000_000_001, 0, 0).String()},
	} {
		if got := cursorOf(c.found, c.next); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if c.want == "" {
			continue
		}
		if _, err := requestlog.ParseQuery(url.Values{"cursor": {c.want}}, time.Now()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
