package changes_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/changes"
)

func TestFindingInWords(t *testing.T) {
	t.Parallel()
	const at = noon + 2*hour + 120
	for _, c := range []struct {
		changed []changes.Difference
		now     int64
		want    string
	}{
		{nil, at, ""},
		{[]changes.Difference{{Feature: changes.Scope, Kind: changes.Gone, Name: "r_ads", Since: at}}, at, "since 14:02: scope r_ads gone"},
		{[]changes.Difference{{Feature: changes.Scope, Kind: changes.Gone, Name: "r_ads", Since: at}}, at + 24*hour, "since 2025-11-26 14:02: scope r_ads gone"},
		{
			[]changes.Difference{
				{Feature: changes.Member, Kind: changes.Gone, Name: "author.id", Since: at},
				{Feature: changes.Member, Kind: changes.Added, Since: at},
				{Feature: changes.Version, Kind: changes.Changed, Was: "202504", Since: at + 60},
			},
			at, "since 14:02: body member author.id gone; body member (its name is not kept) new; since 14:03: version was 202504, is another",
		},
		{
			[]changes.Difference{{Feature: changes.Revision, Kind: changes.Changed, Was: "12", Is: "13", Since: at}},
			at, "configuration revision 12 → 13 changed this route at 14:02",
		},
		{[]changes.Difference{{Feature: changes.Configuration, Kind: changes.Changed, Since: at}}, at, "the API's configuration changed at 14:02"},
		{[]changes.Difference{{Feature: changes.Upstream, Kind: changes.Changed, Is: "10.0.0.9:80", Since: at}}, at, "since 14:02: upstream target is 10.0.0.9:80, was another"},
		{[]changes.Difference{{Feature: changes.Calls, Kind: changes.Above, Has: 501, Most: 500, Since: at}}, at, "since 14:02: call 501 of today, at most 500 in calls that worked"},
		{[]changes.Difference{{Feature: changes.Skew, Kind: changes.Above, Has: 5400, Most: 1, Since: at}}, at, "since 14:02: the caller's clock is off by 90 minutes, at most 1 second in calls that worked"},
	} {
		if got := string(changes.Finding{Changed: c.changed}.Append(nil, c.now)); got != c.want {
			t.Errorf("said %q\nwant %q", got, c.want)
		}
	}
}

// TestDevelopersSeeNothingOfTheInside: one change of the configuration stands for all, and takes the words of none.
func TestDevelopersSeeNothingOfTheInside(t *testing.T) {
	t.Parallel()
	inside := []changes.Difference{
		{Feature: changes.Upstream, Kind: changes.Changed, Was: "10.0.0.1:80", Is: "10.0.0.9:80", Since: noon},
		{Feature: changes.Revision, Kind: changes.Changed, Was: "12", Is: "13", Since: noon},
	}
	agent := changes.Difference{Feature: changes.Agent, Kind: changes.Changed, Was: "curl", Is: "wget", Since: noon}
	configuration := changes.Difference{Feature: changes.Configuration, Kind: changes.Changed, Since: noon}
	got := changes.Finding{Changed: inside, Also: append(inside, agent), Recurs: 3}.ForDevelopers()
	want := changes.Finding{Changed: []changes.Difference{configuration}, Also: []changes.Difference{agent}, Recurs: 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFindingAsJSON(t *testing.T) {
	t.Parallel()
	f := changes.Finding{
		By:      changes.Network,
		Changed: []changes.Difference{{Feature: changes.Media, Kind: changes.Changed, Was: "application/json", Is: changes.None, Since: noon}},
		Recurs:  2, Since: noon, LastGood: noon - 60,
	}
	got, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"by":"network","changed":[{"feature":"media_type","kind":"changed","was":"application/json","is":"none","since":1764158400}],` +
		`"recurs":2,"since":1764158400,"last_good":1764158340}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var back changes.Finding
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	for _, no := range []string{`{"by":"nobody"}`, `{"changed":[{"kind":"odd"}]}`, `{"changed":[{"feature":"shoe_size"}]}`} {
		if err := json.Unmarshal([]byte(no), &back); err == nil {
			t.Errorf("%s was read", no)
		}
	}
}

// TestComparedWithTheNetwork: a token that is cut off belongs to no app, and its fingerprint was never met; the calls from the same network are the next best.
func TestComparedWithTheNetwork(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{})
	network := m.Key(changes.Network, "203.0.113.0/24", "/v2/posts")
	f := ordinary()
	for i := range int64(6) {
		m.Good(network, &f, noon+i)
	}
	f.Token, f.TokenKind, f.Granted, f.Scopes = 99, "", false, nil
	keys := []changes.Key{m.Key(changes.Credential, "99", "/v2/posts"), network}
	m.Failed(keys, "invalid_access_token", 401, &f, noon+hour)
	got := m.Failed(keys, "invalid_access_token", 401, &f, noon+2*hour)
	if s := got.String(); got.By != changes.Network || s != "since 13:00: another token than before" || got.Recurs != 2 {
		t.Errorf("by %s, %d times: %s", got.By, got.Recurs, s)
	}
	if got := m.Failed(keys[:1], "invalid_access_token", 401, &f, noon); got.By != 0 || got.Changed != nil || got.Recurs != 3 {
		t.Errorf("without good calls: %+v", got)
	}
	if got := m.Failed(nil, "invalid_access_token", 401, &f, noon); got.Recurs != 0 {
		t.Errorf("of nobody: %+v", got)
	}
}

func TestTwoVersionsInOneDay(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{})
	k := m.Key(changes.App, "acme", "/v2/posts")
	f := ordinary()
	for i := range int64(8) {
		f.Version = [...]string{"202504", "202505"}[i%2]
		m.Good(k, &f, noon+i)
	}
	f.Version = "202305"
	got := said(m.Failed([]changes.Key{k}, "nonexistent_version", 426, &f, noon+hour).Changed)
	if diff := cmp.Diff([]string{"version was 202504 or 202505, is 202305"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
