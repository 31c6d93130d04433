package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/testkit"
)

// debugged makes a call that brings something in Candor-Debug, and returns its id.
func (c *court) debugged(path, bearer, debug string) string {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), "GET", "http://"+c.APIAddrs()[0]+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Candor-Debug", debug)
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	answer, err := c.Client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.Header.Get("X-Request-Id")
}

// verdicts are the checks of a record.
func verdicts(r *requestlog.Record) (all []string) {
	for _, c := range r.Checks {
		if c.Verdict != "nothing asked" {
			all = append(all, strings.TrimSpace(c.Check+" "+c.Mode+" "+c.Verdict+" "+c.Problem))
		}
	}
	return all
}

// TestDebug: a call with a good token is recorded whole, whether it goes well or not; the API does not see the field, and no record has its value.
func TestDebug(t *testing.T) {
	c := newCourt(t)
	made, err := c.MintDebug(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	until := time.Until(made.EndsAt)
	if made.Field != "Candor-Debug" || !strings.HasPrefix(made.Token, requestlog.DebugPrefix) || until > 15*time.Minute || until < 14*time.Minute {
		t.Errorf("%+v", made)
	}
	good := c.minted("demo", "r_profile").Token
	id := c.debugged("/v2/me?x=1", good, made.Token)
	refused := c.debugged("/v2/ads", good, made.Token)
	var well *requestlog.Record
	testkit.Until(t, "the records", func() bool {
		well, err = c.Lookup().Request(t.Context(), id)
		_, also := c.Lookup().Request(t.Context(), refused)
		return err == nil && also == nil
	})
	if !well.Debug || well.Status != 200 || well.Problem != "" || len(well.Tries) != 1 || well.Tries[0].Address == "" || well.Tries[0].Ended < well.Tries[0].Begun {
		t.Errorf("%+v %+v", well, well.Tries)
	}
	want := []string{"credential enforce passes", "path enforce passes", "method enforce passes", "permission enforce passes", "length enforce passes", "quota enforce passes"} // though it was the one call of the day
	if diff := cmp.Diff(want, verdicts(well)); diff != "" {
		t.Errorf("the checks: -want +got\n%s", diff)
	}
	if r := well.Rewrite; r == nil || r.Target != "/v2/me?x=1" || !slices.Contains(r.Dropped, "candor-debug") || !slices.Contains(r.Dropped, "authorization") || !slices.Contains(r.Added, "candor-hops") {
		t.Errorf("%+v", r)
	}
	for _, f := range well.Headers {
		if strings.Contains(f.Value, requestlog.DebugPrefix) {
			t.Errorf("the token is kept: %+v", f)
		}
	}
	denied := c.record(refused)
	if got := verdicts(denied); !denied.Debug || denied.Rewrite != nil || !slices.Contains(got, "permission enforce refuses access_denied") || !slices.Contains(got, "length enforce passes") {
		t.Errorf("%v of %+v", got, denied)
	}
	if told := denied.ForDeveloper(); told.Checks != nil || told.Tries != nil || told.Rewrite != nil {
		t.Errorf("a developer is told %+v", told)
	}
}

// TestDebugByAWrongToken changes nothing: the call is not recorded, and its answer is as without.
func TestDebugByAWrongToken(t *testing.T) {
	c := newCourt(t)
	made, err := c.MintDebug(t.Context(), "1s")
	if err != nil {
		t.Fatal(err)
	}
	last := made.Token[len(made.Token)-1]
	wrong := made.Token[:len(made.Token)-1] + string("AQ"[map[bool]int{true: 1}[last == 'A']])
	for _, token := range []string{"", "x", wrong, requestlog.DebugPrefix} {
		c.debugged("/v2/news", "", token)
	}
	id := c.fails("GET", "/v2/nowhere", c.minted("demo", "r_profile").Token, "", "Candor-Debug", wrong)
	if r := c.record(id); r.Debug || r.Checks != nil {
		t.Errorf("%+v", r)
	}
	page, _, err := c.Requests().Store().Records(t.Context(), &requestlog.Filter{})
	if err != nil || len(page) != 1 {
		t.Errorf("%d records, %v", len(page), err)
	}
}

// TestDebugForHowLong: no token is good for longer than a day.
func TestDebugForHowLong(t *testing.T) {
	c := newCourt(t)
	for _, lasts := range []string{"25h", "0s", "-1m", "soon"} {
		if made, err := c.MintDebug(t.Context(), lasts); err == nil {
			t.Errorf("%s: %+v", lasts, made)
		}
	}
}

// TestDebugIsProtected: Connection cannot have the field dropped on the way to us.
func TestDebugIsProtected(t *testing.T) {
	c := newCourt(t)
	if r := c.record(c.fails("GET", "/v2/news", "", "", "Candor-Debug", "x", "Connection", "Candor-Debug")); r.Problem != "malformed_request" {
		t.Errorf("%+v", r)
	}
}
