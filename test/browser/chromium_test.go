// Package browser looks at what Candor shows people as they see it: in Chromium, with axe-core, which finds what keeps somebody from reading a page.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one step may take before a test calls it stuck.
const patience = time.Minute

type (
	// step is one thing that is done in a page.
	step = chromedp.Action[chromedp.Void]
	css  = chromedp.CSS
)

// page is one page of a browser of its own. It notes what a person would see in the console.
type page struct {
	context.Context
	t   *testing.T
	axe string

	mu      sync.Mutex
	console []string
}

// open starts a browser. Where there is none, or no axe, there is nothing to look with: the test fails, and says what to type.
func open(t *testing.T) *page {
	t.Helper()
	axe, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	path := find()
	if err != nil || path == "" {
		t.Fatal("there is no Chromium or no axe-core here; type: hack/need chromium axe")
	}
	flags := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	processes, stopProcess := chromedp.NewExecAllocator(context.Background(), flags...)
	browser, stop := chromedp.NewContext(processes)
	t.Cleanup(func() {
		_ = chromedp.Cancel(browser) // waits for its end, so that its folder can go
		stop()
		stopProcess()
	})
	p := &page{Context: browser, t: t, axe: string(axe)}
	if err := chromedp.Listen(browser, p.note); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	if _, err := chromedp.Call(browser, log.Enable, struct{}{}); err != nil {
		t.Fatal(err)
	}
	return p
}

func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// note is told of every event of the page.
func (p *page) note(event any) {
	var say string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		say = fmt.Sprint(e.Entry.Level, ": ", e.Entry.Text, " ", e.Entry.URL)
	case *runtime.EventConsoleAPICalled:
		say = fmt.Sprint("console.", e.Type)
	case *runtime.EventExceptionThrown:
		say = "an exception: " + e.ExceptionDetails.Text
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.console = append(p.console, say)
}

// said is what the console has said since it was last asked.
func (p *page) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.console
	p.console = nil
	return said
}

// do takes steps, one after another.
func (p *page) do(steps ...step) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.Context, patience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// ask takes a step that has an answer.
func ask[T any](p *page, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.Context, patience)
	defer stop()
	answer, err := chromedp.Run(ctx, a)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer
}

// in shows pages in a scheme of colours, light or dark.
func (p *page) in(scheme string) {
	p.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if _, err := chromedp.Call(p.Context, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		p.t.Fatal(err)
	}
}

// violation is one barrier that axe has found.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (v *violation) String() string {
	var w strings.Builder
	fmt.Fprintf(&w, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes[:min(len(v.Nodes), 3)] {
		fmt.Fprintf(&w, "\n    %s\n    %s", n.HTML, strings.ReplaceAll(n.Summary, "\n", " "))
	}
	return w.String()
}

// barriers is what axe finds on the page by all of its rules, or by some.
func (p *page) barriers(rules ...string) []violation {
	p.t.Helper()
	options := map[string]any{"resultTypes": []string{"violations"}}
	if len(rules) > 0 {
		options["runOnly"] = rules
	}
	said, err := json.Marshal(options)
	if err != nil {
		p.t.Fatal(err)
	}
	p.do(chromedp.Evaluate[chromedp.Void]("if (!window.axe) {" + p.axe + "}; undefined"))
	return ask(p, chromedp.Evaluate[[]violation](`axe.run(document, `+string(said)+`).then(r => r.violations.map(({id, impact, help, nodes}) =>
		({id, impact, help, nodes: nodes.map(({html, failureSummary}) => ({html, failureSummary}))})))`, chromedp.EvalAwaitPromise))
}
