package changes_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/changes"
)

// export is what m has to keep, copied, what was used longest ago first.
func export(m *changes.Memory) []changes.Saved {
	var out []changes.Saved
	for s := range m.Export() {
		s.Text = bytes.Clone(s.Text)
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b changes.Saved) int { return int(a.Used - b.Used) })
	return out
}

// taught is a Memory that met every story.
func taught(t interface{ Helper() }, o changes.Options) (m *changes.Memory, keys []changes.Key) {
	t.Helper()
	m = changes.New(o)
	for n, s := range stories {
		k := m.Key(changes.App, fmt.Sprint("app", n), "/v2/posts")
		f := ordinary()
		if s.before != nil {
			s.before(&f)
		}
		for i := range int64(6) {
			m.Good(k, &f, noon+i*hour+int64(n))
		}
		s.after(&f)
		m.Failed([]changes.Key{k}, s.problem, s.status, &f, noon+20*hour+int64(n))
		keys = append(keys, k)
	}
	return m, keys
}

// TestARestartForgetsNothing: what is said after a restart is what would have been said without one.
func TestARestartForgetsNothing(t *testing.T) {
	t.Parallel()
	before, keys := taught(t, changes.Options{})
	after := changes.New(changes.Options{})
	for _, s := range export(before) {
		if err := after.Import(s.Key, s.Text); err != nil {
			t.Fatal(err)
		}
	}
	for n, s := range stories {
		f := ordinary()
		if s.before != nil {
			s.before(&f)
		}
		s.after(&f)
		want := before.Failed([]changes.Key{keys[n]}, s.problem, s.status, &f, noon+21*hour)
		got := after.Failed([]changes.Key{keys[n]}, s.problem, s.status, &f, noon+21*hour)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-before +after):\n%s", s.name, diff)
		}
	}
}

func TestExportIsWhatChanged(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{Size: 200_000})
	a, b := m.Key(changes.App, "a", "/v2/posts"), m.Key(changes.App, "b", "/v2/posts")
	f := ordinary()
	m.Good(a, &f, noon)
	m.Good(b, &f, noon)
	exported(t, m, "at first", a, b)
	exported(t, m, "since it was not kept", a, b)
	m.Settled()
	exported(t, m, "when it was kept")
	m.Failed([]changes.Key{b}, "throttled", 429, &f, noon+1)
	exported(t, m, "after a failure", b)
	for range m.Export() {
		break
	}
	m.Settled() // of an export that was broken off
	exported(t, m, "after one that broke off", b)
	m.Settled()
	m.Forget(func(k changes.Key) bool { return k == a })
	for s := range m.Export() {
		if s.Key != a || s.Text != nil {
			t.Errorf("a key that is gone is exported as %+v", s)
		}
	}
	m.Good(a, &f, noon+2)
	exported(t, m, "when it came back", a)
	m.Good(b, &f, noon+3)
	m.Settled()
	exported(t, m, "which changed after the export", b)
	m.Forget(func(k changes.Key) bool { return k == a })
	m.Settled()
	exported(t, m, "one that changed and one that went", a)
}

func exported(t *testing.T, m *changes.Memory, when string, want ...changes.Key) {
	t.Helper()
	var got []changes.Key
	for _, s := range export(m) {
		got = append(got, s.Key)
	}
	byWho := func(a, b changes.Key) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(got, byWho)
	slices.SortFunc(want, byWho)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	m, keys := taught(t, changes.Options{Salt: []byte("one")})
	list := export(m)
	whole := list[0].Text
	for _, c := range []struct {
		name string
		salt string
		text []byte
		want error
	}{
		{"nothing", "one", nil, changes.ErrDamaged},
		{"another version", "one", append([]byte{9}, whole[1:]...), changes.ErrVersion},
		{"another salt", "two", whole, changes.ErrSalt},
		{"one byte less", "one", whole[:len(whole)-1], changes.ErrDamaged},
		{"one byte more", "one", append(bytes.Clone(whole), 0), changes.ErrDamaged},
		{"another name", "one", bytes.Replace(whole, []byte("accept"), []byte("except"), 1), changes.ErrDamaged},
		{"a name that is not plain", "one", bytes.Replace(whole, []byte("accept"), []byte("acc pt"), 1), changes.ErrDamaged},
	} {
		other := changes.New(changes.Options{Salt: []byte(c.salt)})
		if err := other.Import(keys[0], c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if other.Len() != 0 || other.Bytes() != 0 {
			t.Errorf("%s: %d keys in %d bytes were taken", c.name, other.Len(), other.Bytes())
		}
	}
}

// TestNoValueIsExported: whatever is planted as a value, or as a name that looks like a credential or stands in one call alone, is in no export.
func TestNoValueIsExported(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SampledFrom([]string{
			"sk_live_4eC39HqLyjWDarjtT1zdp7dc", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0b20ifQ.c2lnbmF0dXJl", "AKIAIOSFODNN7EXAMPLE", "tom@example.com",
			"urn:li:person:8675309", "p ssw rd", "4111111111111111", "Bearer abc", "\x00\xff",
		}).Draw(t, "secret")
		m := changes.New(changes.Options{})
		k := m.Key(changes.Credential, secret, "/v2/posts")
		f := ordinary()
		body := fmt.Appendf(nil, `{"author":%q,"tags":[{"name":%q}],%q:1}`, secret, secret, secret)
		f.Members, f.Body = changes.AppendMembers(nil, body)
		f.Params = changes.AppendParams(nil, []byte("q="+secret+"&"+secret))
		f.Fields = append(f.Fields, strings.ToLower(secret))
		f.Version, f.Agent, f.AgentIs, f.TokenKind, f.TokenPlace, f.Network = secret, secret, secret, secret, secret, secret
		f.Media = secret
		goods := rapid.Int64Range(1, 8).Draw(t, "goods")
		for i := range goods {
			m.Good(k, &f, noon+i)
		}
		once := "only-once"
		f.Params = append(f.Params, once)
		m.Good(k, &f, noon+60)
		got := m.Failed([]changes.Key{k}, "upstream_client_error", 400, &changes.Facts{}, noon+61)
		kept := bytes.Join([][]byte{fmt.Appendf(nil, "%+v", got)}, nil)
		for s := range m.Export() {
			kept = append(kept, s.Text...)
		}
		for _, no := range []string{secret, strings.ToLower(secret), once} {
			if bytes.Contains(kept, []byte(no)) {
				t.Fatalf("%q is in %q", no, kept)
			}
		}
	})
}

func FuzzImport(f *testing.F) {
	m, keys := taught(f, changes.Options{})
	for _, s := range export(m) {
		f.Add(s.Text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		other := changes.New(changes.Options{Size: 64 << 10})
		if err := other.Import(keys[0], text); err != nil {
			if other.Bytes() != 0 {
				t.Fatalf("of what was refused %d bytes stayed", other.Bytes())
			}
			return
		}
		facts := ordinary()
		other.Failed([]changes.Key{keys[0]}, "access_denied", 403, &changes.Facts{}, noon)
		other.Good(keys[0], &facts, noon)
		again := changes.New(changes.Options{})
		for s := range other.Export() {
			if err := again.Import(s.Key, s.Text); err != nil {
				t.Fatal(err)
			}
		}
		other.Forget(func(changes.Key) bool { return true })
		other.Export()(func(changes.Saved) bool { return true })
		other.Settled()
		if other.Bytes() != 0 {
			t.Fatalf("%d bytes are counted of nothing", other.Bytes())
		}
	})
}

// TestWhatWasKeptIsLost: all that is known is kept again, also what was read from where it was kept.
func TestWhatWasKeptIsLost(t *testing.T) {
	t.Parallel()
	before, keys := taught(t, changes.Options{})
	after := changes.New(changes.Options{})
	for _, s := range export(before) {
		if err := after.Import(s.Key, s.Text); err != nil {
			t.Fatal(err)
		}
	}
	if again := export(after); len(again) != 0 {
		t.Errorf("%d are kept already", len(again))
	}
	after.Unsettle()
	if again := export(after); len(again) != len(keys) {
		t.Errorf("%d of %d are kept again", len(again), len(keys))
	}
	after.Settled()
	if again := export(after); len(again) != 0 {
		t.Errorf("%d are kept twice", len(again))
	}
}
