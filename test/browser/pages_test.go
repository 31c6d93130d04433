package browser

import (
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/problem"
)

// configuration says everything that the pages can show.
const configuration = `
data: none
listeners: ["127.0.0.1:0"]
admin: off
log: {access: off}
drain: {delay: 0s}
www: "127.0.0.1:0"
support: {default: help@example.com, partner: partners@example.com, limits: limits@example.com, more_limits: "https://example.com/limits", status_page: "https://status.example.com"}
docs: {authentication: "https://example.com/auth", errors: "https://docs.example.com/errors"}
upstreams: {api: "http://127.0.0.1:9"}
apis: [{credentials: public, cors: {origins: ["*"]}, routes: [/**]}]
`

// site is a running instance and the URL of its pages.
func site(t *testing.T) string {
	t.Helper()
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "candor.yaml"), []byte(configuration), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(t.Context(), cfg, server.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.ShutdownWithoutDelay(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return "http://" + s.WWWAddr()
}

// names are all pages below /errors.
func names() []string {
	all := []string{"", "/1xx", "/2xx", "/3xx", "/4xx", "/5xx"}
	for _, p := range problem.Types() {
		all = append(all, "/"+p.Name())
	}
	return all
}

// TestPages: nothing keeps anybody from reading a page, light or dark, wide or narrow, and the console has nothing to say of it.
func TestPages(t *testing.T) {
	p, at := open(t), site(t)
	for _, name := range names() {
		p.look(name, at+"/errors"+name)
		p.do(chromedp.EmulateViewport(320, 800))
		if ask(p, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`)) { // WCAG 2.2, 1.4.10
			t.Errorf("%s: is wider than a narrow screen", name)
		}
		for _, said := range p.said() {
			t.Errorf("%s: the console says %s", name, said)
		}
	}
}

// look finds what is wrong with a page, light and dark.
func (p *page) look(name, url string) {
	p.t.Helper()
	p.in("light")
	p.do(chromedp.EmulateViewport(1200, 800), chromedp.Navigate(url))
	report(p.t, name, p.barriers())
	p.in("dark")
	report(p.t, name+" in the dark", p.barriers("color-contrast"))
}

// TestFailures: the same of the pages that say what is not served.
func TestFailures(t *testing.T) {
	p, at := open(t), site(t)
	for _, path := range []string{"/nothing", "/errors/throtled", "/errors/" + strings.Repeat("x", 4000), "/errors?" + strings.Repeat("x", 9000)} {
		p.look(path, at+path)
		for _, said := range p.said() {
			if !strings.Contains(said, "Failed to load resource: the server responded with a status of 4") { // of the page itself
				t.Errorf("%.40s: the console says %s", path, said)
			}
		}
	}
}

// TestWalk: a person comes from the index to a page, to its code, and back.
func TestWalk(t *testing.T) {
	p, at := open(t), site(t)
	p.do(chromedp.Navigate(at))
	index := ask(p, chromedp.Text(css("h1")))
	p.do(chromedp.Click(css(`a[href="errors/gateway_timeout"]`)), chromedp.WaitVisible(css("#repeat")))
	there := ask(p, chromedp.Text(css("h1")))
	p.do(chromedp.Click(css(`a[href="#repeat"]`)), chromedp.WaitVisible(css("#repeat:target")))
	p.do(chromedp.Click(css("nav a")), chromedp.WaitVisible(css(`a[href="errors/gateway_timeout"]`)))
	if back := ask(p, chromedp.Text(css("h1"))); index != "Error reference" || there != "Gateway timeout" || back != index {
		t.Errorf("%q, %q, %q", index, there, back)
	}
}

// TestExported: files are read without a server, too.
func TestExported(t *testing.T) {
	p, dir := open(t), filepath.Join(t.TempDir(), "errors")
	export := exec.CommandContext(t.Context(), "go", "run", "../../cmd/candor", "errors", "export", dir)
	if out, err := export.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p.look("index.html", "file://"+filepath.ToSlash(dir)+"/index.html")
	p.do(chromedp.Click(css(`a[href="throttled.html"]`)), chromedp.WaitVisible(css("#repeat")))
	report(t, "throttled.html", p.barriers())
	if said := p.said(); len(said) > 0 {
		t.Errorf("the console says %v", said)
	}
}

// TestPolicy: the style of the pages holds, and what is on a page may not run, whoever put it there.
func TestPolicy(t *testing.T) {
	p, at := open(t), site(t)
	p.do(chromedp.Navigate(at + "/errors/throttled"))
	if styled := ask(p, chromedp.Evaluate[string](`getComputedStyle(document.querySelector("pre")).whiteSpace`)); styled != "pre-wrap" {
		t.Errorf("the policy keeps out the page's own style: %s", styled)
	}
	ran := ask(p, chromedp.Evaluate[bool](`new Promise(done => {
		window.ran = false
		addEventListener("securitypolicyviolation", () => done(window.ran))
		document.body.insertAdjacentHTML("beforeend", "<details open ontoggle='window.ran = true'></details>")
	})`, chromedp.EvalAwaitPromise))
	if said := p.said(); ran || !strings.Contains(strings.Join(said, " "), "Content Security Policy") {
		t.Errorf("an event handler ran: %v; the console says %v", ran, said)
	}
}

func report(t *testing.T, name string, found []violation) {
	t.Helper()
	for i := range found {
		t.Errorf("%.60s: %s", name, found[i].String())
	}
}
