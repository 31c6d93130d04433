// Package house holds the rules of the whole tree: which room may import which, who may read a clock, who may touch the kernel. The page docs/architecture.md
// quotes the table; `go test ./test -update` writes the quotation again.
package house

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the table into docs/architecture.md")

// rooms is every room and the rooms that it may import, tests apart. An arrow that is not here is a decision somebody has to make: change the table and the
// page together, or the code.
var rooms = map[string][]string{
	"cmd/candor":               {"internal/accesslog", "internal/admin", "internal/callid", "internal/config", "internal/digest", "internal/explain", "internal/handover", "internal/observe", "internal/pages", "internal/report", "internal/requestlog", "internal/sandbox", "internal/server", "internal/token", "internal/usage", "problem"},
	"internal/sandbox":         {"internal/access", "internal/account", "internal/admin", "internal/admission", "internal/ascii", "internal/config", "internal/gateway", "internal/handover", "internal/http1", "internal/oauth", "internal/sandbox/api", "internal/sandbox/demo", "internal/server", "internal/token", "problem"},
	"internal/server":          everybody,
	"internal/gateway":         {"internal/accesslog", "internal/admission", "internal/ascii", "internal/buffer", "internal/cache", "internal/callid", "internal/clock", "internal/downstream", "internal/forwarded", "internal/heads", "internal/http1", "internal/jsontext", "internal/redact", "internal/requestlog", "internal/route", "internal/tally", "internal/tunnel", "internal/upstream", "internal/usage", "httpcache", "problem", "retry"},
	"internal/downstream":      {"internal/buffer", "internal/clock", "internal/http1", "internal/socket", "internal/tunnel"},
	"internal/handover":        {"internal/socket"},
	"internal/heads":           {"internal/admission", "internal/ascii", "internal/callid", "internal/forwarded", "internal/http1", "internal/route", "problem"},
	"internal/admission":       {"internal/access", "internal/ascii", "internal/callid", "internal/http1", "internal/issuer", "internal/jsontext", "internal/quota", "internal/route", "internal/token", "problem"},
	"internal/config":          {"internal/access", "internal/ascii", "internal/forwarded", "internal/issuer", "internal/quota", "internal/redact", "internal/requestlog", "internal/route", "internal/token", "internal/upstream", "problem", "retry"},
	"internal/upstream":        {"internal/ascii", "internal/buffer", "internal/clock", "internal/http1", "internal/socket", "internal/tunnel", "retry"},
	"internal/route":           {"internal/access", "internal/ascii", "internal/quota", "problem", "retry"},
	"internal/observe":         {"internal/accesslog", "internal/explain", "internal/redact"},
	"internal/explain":         {"internal/callid", "internal/har", "internal/redact", "internal/requestlog", "problem", "retry"},
	"internal/digest":          {"internal/explain", "internal/requestlog"},
	"internal/har":             nil,
	"internal/requestlog":      {"internal/accesslog", "internal/callid", "internal/changes", "internal/redact"},
	"internal/report":          {"internal/callid", "internal/explain", "internal/har", "internal/redact", "internal/requestlog", "internal/token"},
	"internal/oauth":           {"internal/access", "internal/ascii", "internal/token", "problem"},
	"internal/account":         nil,
	"internal/signing":         {"internal/keyfile"},
	"internal/keyfile":         nil,
	"internal/portal":          {"internal/access", "internal/account", "internal/token"},
	"internal/pages":           {"internal/explain", "internal/redact", "problem"},
	"internal/store/memory":    {"internal/access", "internal/account", "internal/quota", "internal/token"},
	"internal/store/sqlite":    {"internal/access", "internal/account", "internal/callid", "internal/quota", "internal/requestlog", "internal/token"},
	"internal/store/storetest": {"internal/access", "internal/account", "internal/quota", "internal/token"},
	"internal/pages/people":    nil,
	"internal/accesslog":       {"internal/callid", "internal/redact"},
	"internal/admin":           {"internal/requestlog", "internal/tally"},
	"internal/quota":           {"internal/access"},
	"internal/token":           {"internal/access", "internal/keyfile"},
	"internal/issuer":          {"internal/access", "internal/ascii", "internal/token"},
	"internal/sandbox/api":     nil,
	"internal/sandbox/demo":    nil,
	"internal/ascii":           nil,
	"internal/access":          {"internal/ascii"},
	"internal/buffer":          nil,
	"internal/cache":           {"internal/http1", "httpcache"},
	"internal/callid":          {"internal/ascii"},
	"internal/changes":         {"internal/ascii"},
	"internal/clock":           nil,
	"internal/forwarded":       {"internal/ascii", "internal/http1"},
	"internal/http1":           {"internal/ascii"},
	"internal/jsontext":        nil,
	"internal/redact":          {"internal/ascii"},
	"internal/socket":          nil,
	"internal/tally":           nil,
	"internal/usage":           {"internal/requestlog", "problem"},
	"internal/tunnel":          {"internal/buffer", "internal/clock", "internal/socket"},
	"internal/testkit":         nil, // so that the tests of every room may import it
	"problem":                  {"retry"},
	"retry":                    nil,
	"httpcache":                nil,
	"bench":                    nil, // it measures the program from outside
}

// everybody is the row of the one room that knows all others (but not those above it, which would be a cycle).
var everybody = []string{"*"}

// reserved are packages that only the rooms beside them may import.
var reserved = map[string][]string{
	"unsafe":                               {"internal/socket/fast_linux.go"},
	"syscall":                              {"internal/socket/", "internal/server/limit_", "internal/server/listen_", "internal/store/sqlite/lock_", "cmd/candor/", "bench/"},
	"golang.org/x/sys/":                    {"internal/socket/", "internal/server/limit_", "internal/server/folder_", "internal/store/sqlite/lock_", "internal/store/sqlite/settle_", "cmd/candor/width_", "bench/"},
	"github.com/prometheus/client_golang/": {"internal/admin/"},
	"github.com/alecthomas/kong":           {"cmd/candor/"},
	"go.yaml.in/yaml/":                     {"internal/config/"},
	"modernc.org/sqlite":                   {"internal/store/sqlite/"},
	"github.com/pressly/goose/":            {"internal/store/sqlite/"},
	"github.com/puzpuzpuz/xsync/":          {"internal/quota/", "internal/token/", "internal/issuer/", "internal/requestlog/", "internal/usage/"},
	"github.com/go-jose/go-jose/":          {"internal/issuer/", "internal/signing/"},
	"github.com/MicahParks/jwkset":         {"internal/issuer/"},
	"golang.org/x/time/":                   {"internal/issuer/"},
	"github.com/alexedwards/scs/":          {"internal/portal/"},
	"github.com/coreos/go-oidc/":           {"internal/portal/"},
	"golang.org/x/oauth2":                  {"internal/portal/"},
	"github.com/andybalholm/brotli":        {"internal/observe/"},
	"github.com/klauspost/compress/":       {"internal/observe/"},
	"github.com/maypok86/otter/":           {"internal/cache/"},
}

// clockReaders may ask what time it is; everybody else is told.
var clockReaders = []string{"cmd/candor/", "internal/server/", "internal/testkit/", "bench/"}

// forTests are rooms that only tests import: no arrow of the table leads to them.
var forTests = []string{"internal/testkit", "internal/store/storetest"}

func TestRoomsAreListed(t *testing.T) {
	t.Parallel()
	want := slices.Sorted(maps.Keys(rooms))
	got := slices.Sorted(maps.Keys(imports(readTree(t))))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the rooms of the table (-) and of the tree (+) differ:\n%s", diff)
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(subjects))); diff != "" {
		t.Errorf("the rooms of the table (-) and those with a subject (+) differ:\n%s", diff)
	}
}

func TestArrows(t *testing.T) {
	t.Parallel()
	for room, imported := range imports(readTree(t)) {
		for _, to := range imported {
			if !allowed(room, to) {
				t.Errorf("%s imports %s: no such arrow in the table", room, to)
			}
		}
	}
}

// allowed reports whether the table has the arrow. A room and what stands below it belong together only if the table says so.
func allowed(room, to string) bool {
	row := rooms[room]
	return slices.Contains(row, to) || slices.Equal(row, everybody) && !slices.Contains(rooms[to], room) && !slices.Contains(forTests, to)
}

func TestArrowsAreUsed(t *testing.T) {
	t.Parallel()
	tree := imports(readTree(t))
	for room, row := range rooms {
		for _, to := range row {
			if to != "*" && !slices.Contains(tree[room], to) {
				t.Errorf("the table lets %s import %s, which it does not", room, to)
			}
		}
	}
}

func TestReservedPackages(t *testing.T) {
	t.Parallel()
	for _, file := range readTree(t) {
		for _, path := range file.imports {
			for prefix, places := range reserved {
				if strings.HasPrefix(path, prefix) && !in(file.name, places) {
					t.Errorf("%s imports %s, which belongs to %s alone", file.name, path, strings.Join(places, ", "))
				}
			}
		}
	}
}

// TestOnlyTestsImportWhatIsForTests: readTree knows no test, so whatever imports such a room is part of a program.
func TestOnlyTestsImportWhatIsForTests(t *testing.T) {
	t.Parallel()
	for room, imported := range imports(readTree(t)) {
		for _, to := range imported {
			if slices.Contains(forTests, to) {
				t.Errorf("%s imports %s, which is for tests alone", room, to)
			}
		}
	}
}

// TestTheKitNeedsNoLibrary: what every test may import brings nothing with it.
func TestTheKitNeedsNoLibrary(t *testing.T) {
	t.Parallel()
	for _, file := range readTree(t) {
		for _, path := range file.imports {
			if first, _, _ := strings.Cut(path, "/"); strings.HasPrefix(file.name, "internal/testkit/") && strings.Contains(first, ".") {
				t.Errorf("%s imports %s; the standard library alone is for it", file.name, path)
			}
		}
	}
}

func TestNobodyReadsTheClock(t *testing.T) {
	t.Parallel()
	for _, file := range readTree(t) {
		if in(file.name, clockReaders) {
			continue
		}
		ast.Inspect(file.tree, func(n ast.Node) bool {
			if name := call(n); name == "time.Now" || name == "time.Since" || name == "time.Until" {
				t.Errorf("%s: %s: pass now as an argument", file.at(n), name)
			}
			return true
		})
	}
}

func TestNoInit(t *testing.T) {
	t.Parallel()
	for _, file := range readTree(t) {
		for _, d := range file.tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: func init: construct it where it is used", file.at(d))
			}
		}
	}
}

func TestPageQuotesTheTable(t *testing.T) {
	t.Parallel()
	quoted(t, "../docs/architecture.md", "the table of test/house_test.go", quotation())
}

// quoted holds that a page has want between its two comments that name what is quoted.
func quoted(t *testing.T, page, what, want string) {
	t.Helper()
	begin, end := "<!-- "+what+": begin -->\n", "<!-- "+what+": end -->\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := bytes.Cut(text, []byte(begin))
	has, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the lines %q and %q", page, begin, end)
	}
	if *update {
		whole := slices.Concat(before, []byte(begin), []byte(want), []byte(end), after)
		if err := os.WriteFile(page, whole, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(has)); diff != "" {
		t.Errorf("%s quotes something else (-want +quoted); `go test ./test -update` writes it again:\n%s", page, diff)
	}
}

// quotation renders the table for the page: rooms that know most first, leaves last.
func quotation() string {
	names := slices.SortedFunc(maps.Keys(rooms), func(a, b string) int {
		return 2*(height(b)-height(a)) + strings.Compare(a, b)
	})
	var out strings.Builder
	out.WriteString("| room | subject | may import |\n|---|---|---|\n")
	for _, name := range names {
		row := "nothing of ours"
		switch {
		case slices.Equal(rooms[name], everybody):
			row = "every room that does not import it"
		case len(rooms[name]) > 0:
			row = "`" + strings.ReplaceAll(strings.Join(rooms[name], "` `"), "internal/", "") + "`"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", strings.TrimPrefix(name, "internal/"), subjects[name], row)
	}
	return out.String()
}

// height is how many rooms stand below a room at most: 0 for a leaf.
func height(room string) int {
	top := 0
	for _, to := range rooms[room] {
		if to != "*" {
			top = max(top, 1+height(to))
			continue
		}
		for other := range rooms {
			if allowed(room, other) && other != room {
				top = max(top, 1+height(other))
			}
		}
	}
	return top
}
