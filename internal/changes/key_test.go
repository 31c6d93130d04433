package changes_test

import (
	"testing"

	"github.com/candor-gateway/candor/internal/changes"
)

func TestKey(t *testing.T) {
	t.Parallel()
	m, other := changes.New(changes.Options{Salt: []byte("one")}), changes.New(changes.Options{Salt: []byte("two")})
	k := m.Key(changes.App, "acme", "GET /v2/posts")
	if k != m.Key(changes.App, "acme", "GET /v2/posts") {
		t.Error("a key is another the second time")
	}
	if k.Who != m.Key(changes.App, "acme", "GET /v2/ads").Who {
		t.Error("an app is another one at another route")
	}
	for name, not := range map[string]changes.Key{
		"caller": m.Key(changes.App, "acme2", "GET /v2/posts"), "kind": m.Key(changes.Credential, "acme", "GET /v2/posts"),
		"route": m.Key(changes.App, "acme", "POST /v2/posts"), "salt": other.Key(changes.App, "acme", "GET /v2/posts"),
	} {
		if k.Who == not.Who && k.Route == not.Route {
			t.Errorf("another %s has the same key", name)
		}
	}
}

func TestForgetAnApp(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{})
	f := ordinary()
	for _, app := range []string{"acme", "other"} {
		for _, route := range []string{"GET /v2/posts", "GET /v2/ads"} {
			m.Good(m.Key(changes.App, app, route), &f, noon)
		}
	}
	who := m.Key(changes.App, "acme", "").Who
	m.Forget(func(k changes.Key) bool { return k.Kind == changes.App && k.Who == who })
	if m.Len() != 2 {
		t.Errorf("%d keys are left, want 2", m.Len())
	}
	kept := map[changes.Key]bool{}
	for _, s := range export(m) {
		kept[s.Key] = true
	}
	for k := range kept {
		if k.Who == who {
			t.Error("a key of the app is left")
		}
	}
}
