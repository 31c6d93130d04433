package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpand(t *testing.T) {
	tests := []struct{ in, want, why string }{
		{"plain", "plain", ""},
		{"${ADDR}", "127.0.0.1:7000", ""},
		{"a-${ADDR}-b-${EMPTY}-c", "a-127.0.0.1:7000-b--c", ""},
		{"${EMPTY}", "", ""},
		{"${EMPTY:-x}", "x", ""},
		{"${UNSET:-x y}", "x y", ""},
		{"${UNSET:-}", "", ""},
		{"${ADDR:-x}", "127.0.0.1:7000", ""},
		{"$${ADDR}", "${ADDR}", ""},
		{"$$${ADDR}", "$${ADDR}", ""},
		{"$5 and $$", "$5 and $$", ""},
		{"${UNSET}", "", "the variable UNSET is not set; set it, or give a default with ${UNSET:-default}"},
		{"${ADDR", "", "a ${ is not closed by }; write $${ for a literal ${"},
		{"${}", "", "the name between ${ and } must be letters, digits and _, as in ${NAME} or ${NAME:-default}; write $${ for a literal ${"},
		{"${1A}", "", "the name between ${ and } must be letters, digits and _, as in ${NAME} or ${NAME:-default}; write $${ for a literal ${"},
		{"${a-b}", "", "the name between ${ and } must be letters, digits and _, as in ${NAME} or ${NAME:-default}; write $${ for a literal ${"},
	}
	for _, test := range tests {
		got, why := expand(test.in, testEnv)
		if got != test.want || why != test.why {
			t.Errorf("expand(%q) = %q, %q; want %q, %q", test.in, got, why, test.want, test.why)
		}
		if back, _ := expand(literal(test.in), testEnv); back != test.in {
			t.Errorf("literal(%q) loads as %q", test.in, back)
		}
	}
}

func TestVariablesStandAnywhere(t *testing.T) {
	c, err := Parse("candor.yaml", []byte(`
listeners: ["${ADDR}"]
limits: {in_flight: "${UNSET:-7}"}
drain: {delay: "${UNSET:-1}s"}
support: {default: "$${literal}"}
upstreams:
  people: http://${HOST:-localhost}:9000
apis:
  - credentials: ${UNSET:-public}
    routes:
      - ${UNSET:-/**}
`), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintln(c.Listeners[0].Address, c.Limits.InFlight, c.Drain.Delay, c.Support.Default, c.Upstreams[0].Targets, c.APIs[0].Routes[0].Path)
	if want := "127.0.0.1:7000 7 1s ${literal} [http://localhost:9000] /**\n"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	assertRoundTrip(t, c)
}

// A mistake shows what stands in the file, since a variable may hold what nobody should read.
func TestMistakesShowVariablesByName(t *testing.T) {
	want := []string{
		`4:9: "${BLANK}" is not a valid name: character ' ' at position 4 cannot stand in a name; use letters, digits, '.', '_' and '-'`,
		`5:13: "x${ADDR}" is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080`,
		`6:15: the variable NOPE is not set; set it, or give a default with ${NOPE:-default}`,
	}
	got := mistakesOf(t, least+"fabric: ${BLANK}\nlisteners: [\"x${ADDR}\"]\nlog: {access: \"${NOPE}\"}\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	const secretText = "s3cr3t-t0ken-0f-m1ne" // also what TOKEN holds
	tests := []struct{ written, value, shown string }{
		{"${TOKEN}", secretText, "${TOKEN}"},
		{"${TOKEN:-}", secretText, "${TOKEN:-}"},
		{"${UNSET:-}", "", "${UNSET:-}"},
		{"${TOKEN:-other}", secretText, "${TOKEN}"},
		{"${UNSET:-s3cr3t-t0ken-0f-m1ne}", secretText, "(hidden)"},
		{"x${TOKEN}", "x" + secretText, "(hidden)"},
		{secretText, secretText, "(hidden)"},
		{"", "", ""},
	}
	for _, test := range tests {
		t.Run(test.written, func(t *testing.T) {
			c, err := Parse("candor.yaml", []byte(least+"admin: {token: \""+test.written+"\"}\n"), testEnv)
			if err != nil {
				t.Fatal(err)
			}
			printed, err := c.AppendYAML(nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Admin.Token; got.Value() != test.value || got.String() != test.shown {
				t.Errorf("value %q shown as %q; want %q as %q", got.Value(), got, test.value, test.shown)
			}
			if all := fmt.Sprintf("%s %v %+v %#v", printed, c.Admin, *c.Admin, c.Admin); strings.Contains(all, secretText) {
				t.Errorf("the secret is shown:\n%s", all)
			}
			if test.shown != hidden {
				assertRoundTrip(t, c)
			}
		})
	}
	t.Run("nor in mistakes", func(t *testing.T) {
		got := strings.Join(mistakesOf(t, least+"admin: {token: \"two words\", addresss: x}\n"), "\n")
		want := "4:16: this value cannot be sent in a header field; expected a secret of visible ASCII without blanks, best as a variable: ${ADMIN_TOKEN}\n" +
			`4:29: unknown key "addresss" in admin; did you mean address?`
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("nor taken back hidden", func(t *testing.T) {
		got := mistakesOf(t, least+"admin: {token: (hidden)}\n")
		if diff := cmp.Diff([]string{"4:16: the secret was hidden by --print; write it here, best as a variable: ${ADMIN_TOKEN}"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
