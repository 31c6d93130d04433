package problem

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

// golden compares with testdata/NAME.golden, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); go test ./problem -update accepts it:\n%s", path, diff)
	}
}

var profiles = []Profile{Standard, LinkedIn}

// Every row, in each dialect and profile.
func TestGoldenBodies(t *testing.T) {
	for d := range Own {
		t.Run(d.String(), func(t *testing.T) {
			var out bytes.Buffer
			for typ := MalformedRequest; typ < ClientGone; typ++ {
				for _, profile := range profiles {
					c := catalogue(t, Options{Profile: profile})
					p := c.Example(typ)
					fmt.Fprintf(&out, "-- %s, %s --\n%s\n", typ, profile, c.Append(nil, d, &p, []byte(exampleID)))
				}
			}
			golden(t, d.String(), out.Bytes())
		})
	}
}

// Every known cause: what the caller reads, and what the log says.
func TestGoldenDetails(t *testing.T) {
	var out bytes.Buffer
	for d := DetailBareLF; d < detailCount; d++ {
		fmt.Fprintf(&out, "-- %s of %s --\n", d, d.Type())
		for _, profile := range profiles {
			c, p := catalogue(t, Options{Profile: profile}), ExampleOf(d)
			fmt.Fprintf(&out, "%s: %s\n", profile, c.AppendMessage(nil, &p))
		}
		c, p := catalogue(t, Options{}), ExampleOf(d)
		fmt.Fprintf(&out, "fix: %s\nlog: %s\n", c.AppendFix(nil, &p), c.AppendDetail(nil, &p))
	}
	golden(t, "details", out.Bytes())
}

// Every challenge; rows that have none are left out.
func TestGoldenChallenges(t *testing.T) {
	var out bytes.Buffer
	for _, profile := range profiles {
		c := catalogue(t, Options{Profile: profile})
		for typ := MalformedRequest; typ < ClientGone; typ++ {
			p := Example(typ)
			if v := c.AppendChallenge(nil, &p); len(v) > 0 {
				fmt.Fprintf(&out, "%s, %s: %s\n", typ, profile, v)
			}
		}
	}
	golden(t, "challenges", out.Bytes())
}

// Every sentence with all that the configuration can name.
func TestGoldenConfigured(t *testing.T) {
	var out bytes.Buffer
	c := catalogue(t, Options{
		ErrorsURL: "https://example.com/errors", AuthDocs: "https://example.com/auth", VersionHeader: "Api-Version", RequestIDHeader: "X-Id",
		Support: Support{Default: "help@example.com", Partner: "partner@example.com", Limits: "limits@example.com", MoreLimits: "https://example.com/more", StatusPage: "https://status.example.com"},
	})
	for typ := MalformedRequest; typ < ClientGone; typ++ {
		p := Example(typ)
		p.Docs = "https://example.com/docs"
		fmt.Fprintf(&out, "%s: %s\n", typ, c.AppendFix(nil, &p))
	}
	for _, reason := range []Reason{AppLacksProduct, NotAskedFor, ScopeChanged, ScopeMissing} {
		p := Example(AccessDenied)
		p.Reason = reason
		fmt.Fprintf(&out, "access_denied, %s: %s\n", reason, c.Append(nil, Contract, &p, nil))
	}
	golden(t, "configured", out.Bytes())
}
