package browser

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
)

const adasPassword = "correct horse battery"

// entrance is an instance at which ada signs in, by password or at a provider, which is another site to the browser. It returns the URL.
func entrance(t *testing.T) string {
	t.Helper()
	address, err := testkit.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(address, ":")
	dir, public := t.TempDir(), "http://localhost:"+port
	provider := testkit.NewProvider(t)
	provider.Claim(map[string]any{"sub": "bob", "email": "bob@example.com"})
	cfg, err := config.Parse(filepath.Join(dir, "candor.yaml"), fmt.Appendf(nil, `
version: 1
data: %s
listeners: ["127.0.0.1:0"]
admin: off
upstreams: {api: "http://127.0.0.1:9"}
apis: [{credentials: public, routes: [/**]}]
www: {address: %q, public_url: %q, accounts: true, provider: {issuer: %q, client_id: %s, client_secret: %s, name: Example login}}
`, filepath.Join(dir, "data"), address, public, provider.URL, testkit.ProviderClient, testkit.ProviderSecret), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(t.Context(), cfg, server.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if wrong := s.ShutdownWithoutDelay(t.Context()); wrong != nil && t.Context().Err() == nil {
			t.Error(wrong)
		}
	})
	if _, err = s.Accounts().CreateMember(t.Context(), admin.AccountRequest{Member: "ada", Email: "ada@example.com", Password: adasPassword}); err != nil {
		t.Fatal(err)
	}
	return public
}

// TestSignIn: a person signs in by password and out again, by keys alone, and in at the provider.
func TestSignIn(t *testing.T) {
	p, at := open(t), entrance(t)
	account := chromedp.WaitVisible(chromedp.Search(`//h1[text()="Your account"]`))
	p.do(chromedp.Navigate(at+"/account"), chromedp.SendKeys(css("#email"), "ada@example.com"), chromedp.SendKeys(css("#password"), "wrong"+kb.Enter), chromedp.WaitVisible(css(".problem")))
	report(t, "a wrong password", p.barriers())
	_ = p.said() // Chromium notes each 403
	p.do(chromedp.SendKeys(css("#password"), adasPassword+kb.Enter), account)
	if who := ask(p, chromedp.Text(css(".who"))); who != "ada@example.com" {
		t.Errorf("signed in as %q", who)
	}
	out := chromedp.WaitVisible(chromedp.Search(`//h1[text()="You are signed out"]`))
	p.do(chromedp.Navigate(at+"/sign-out"), chromedp.SendKeys(css("button"), kb.Enter), out)
	p.do(chromedp.Navigate(at+"/account"), chromedp.Click(css("a.button")), account)
	if who := ask(p, chromedp.Text(css(".who"))); who != "bob@example.com" {
		t.Errorf("signed in at the provider as %q", who)
	}
	p.do(chromedp.SendKeys(css("button[value=sign-out-everywhere]"), kb.Enter), out)
	p.do(chromedp.Navigate(at+"/account"), chromedp.WaitVisible(css("#email")))
	if said := p.said(); len(said) > 0 {
		t.Errorf("the console says %v", said)
	}
}

// TestFormOfAnotherSite: a page of others that signs somebody in, or out, does neither, and says so.
func TestFormOfAnotherSite(t *testing.T) {
	p, at := open(t), entrance(t)
	action := ""
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<!doctype html><title>Another site</title><link rel=icon href="data:,"><form method=post action=%q><input name=email value="ada@example.com"><input name=password value=%q><button>Win</button></form>`, action, adasPassword)
	}))
	t.Cleanup(other.Close)
	refused := chromedp.WaitVisible(chromedp.Search(`//h1[text()="This came from another site"]`))
	action = at + "/sign-in"
	p.do(chromedp.Navigate(other.URL), chromedp.Click(css("button")), refused)
	p.do(chromedp.Navigate(at+"/account"), chromedp.SendKeys(css("#email"), "ada@example.com"), chromedp.SendKeys(css("#password"), adasPassword+kb.Enter), chromedp.WaitVisible(css(".who")))
	action = at + "/sign-out"
	p.do(chromedp.Navigate(other.URL), chromedp.Click(css("button")), refused)
	p.do(chromedp.Navigate(at+"/account"), chromedp.WaitVisible(css(".who")))
}
