package browser

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/candor-gateway/candor/internal/sandbox"
	"github.com/candor-gateway/candor/problem"
)

// told is a writer that tells what is written to it.
type told chan string

// Write is io.Writer's.
func (t told) Write(b []byte) (int, error) {
	t <- string(b)
	return len(b), nil
}

// box runs a sandbox.
func box(t *testing.T) (f sandbox.File) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, done := make(told, 1), make(chan error, 1)
	go func() {
		done <- sandbox.Run(ctx, sandbox.Options{
			API: "127.0.0.1:0", WWW: "127.0.0.1:0", Admin: "127.0.0.1:0", Demo: "127.0.0.1:0",
			Profile: problem.LinkedIn, JSON: true, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}, out)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case text := <-out:
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err)
		}
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	return f
}

// TestDemo: a member walks through the demo, is led back to it by Chromium's leave, and sees a failure as the contract has it.
func TestDemo(t *testing.T) {
	p, f := open(t), box(t)
	p.look("start", f.Demo)
	p.shoot("demo-start", 1200)
	p.presses("As an app with a secret")
	p.heading("A walk as demo")
	p.follows("Go to the authorization server as demo")
	p.heading("Sign in")
	p.do(chromedp.SendKeys(css("#email"), f.Members[0].Email), chromedp.SendKeys(css("#password"), f.Members[0].Password))
	p.presses("Sign in")
	p.heading("Allow demo?")
	p.presses("Allow")
	p.heading("A walk as demo")
	for _, step := range []struct{ button, says string }{
		{"Exchange the code", "Exchange the code for tokens"}, {"Call the API", `"localizedFirstName"`}, {"Refresh", "Get a new access token"}, {"Give everything back", "and with it all that the member has allowed"},
	} {
		p.presses(step.button)
		p.awaits(step.says)
	}
	p.look("walk", f.Demo+"/walk")
	p.shoot("demo-walk", 1200)
	p.look("failures", f.Demo+"/failures")
	p.shoot("demo-failures", 1200)
	p.goes(f.Demo + "/failures/code-redirect")
	p.presses("Provoke it")
	p.follows("Go to the authorization server as demo")
	p.heading("Allow demo?")
	p.presses("Allow")
	p.heading("Another redirect URI at the exchange")
	p.tells("As the contract says: 400 invalid_redirect_uri (oauth_code_redirect)", "As the contract says: 200")
	p.look("failure", f.Demo+"/failures/code-redirect")
	p.shoot("demo-failure", 1200)
	p.look("sandbox", f.WWW)
	p.shoot("sandbox", 1200)
	p.narrow(f.Demo, f.Demo+"/walk", f.Demo+"/failures", f.Demo+"/failures/code-redirect", f.WWW)
	for _, said := range p.said() {
		if !strings.Contains(said, "favicon") {
			t.Errorf("the console says %s", said)
		}
	}
}

// narrow finds pages that are wider than a narrow screen.
func (p *page) narrow(urls ...string) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(320, 800))
	for _, url := range urls {
		p.goes(url)
		if ask(p, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`)) { // WCAG 2.2, 1.4.10
			p.t.Errorf("%s is wider than a narrow screen", url)
		}
	}
}
