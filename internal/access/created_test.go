package access

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreatedAppAsAPolicySeesIt(t *testing.T) {
	kept := CreatedApp{
		ID: 7, Name: "shop", ClientID: "c", Created: 1, Disabled: true, Public: true, TwoLegged: true, Refreshes: true, Profile: "linkedin", Products: []string{"ads"},
		Owners: []string{"ada@example.com"}, RedirectURIs: []string{"https://a.example/"}, Introspects: []string{"people"}, Secrets: []Secret{{Created: 3}},
	}
	want := &App{
		ID: 7, Name: "shop", ClientID: "c", Disabled: true, Origin: Created, Public: true, RedirectURIs: []string{"https://a.example/"},
		Secrets: []Secret{{Created: 3}}, TwoLegged: true, Refreshes: true, Introspects: []string{"people"}, Profile: "linkedin",
	}
	if diff := cmp.Diff(want, kept.App()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEmail(t *testing.T) {
	for address, want := range map[string]string{
		"ada@example.com":                  "ada@example.com",
		"Ada.Byron+shop@Mail.Example":      "ada.byron+shop@mail.example",
		"root@localhost":                   "root@localhost",
		"":                                 `error: "" is no e-mail address; expected one like ada@example.com`,
		"ada":                              `error: "ada" is no e-mail address; expected one like ada@example.com`,
		"@example.com":                     `error: "@example.com" is no e-mail address; expected one like ada@example.com`,
		"ada@":                             `error: "ada@" is no e-mail address; expected one like ada@example.com`,
		"ada@example.com@b":                `error: "ada@example.com@b" is no e-mail address; expected one like ada@example.com`,
		"ada@example..com":                 `error: "ada@example..com" is no e-mail address: a '.' is too many in its domain`,
		"ada@example.com.":                 `error: "ada@example.com." is no e-mail address: a '.' is too many in its domain`,
		"Ada <ada@example.com>":            `error: character ' ' at position 4 cannot stand in an e-mail address here`,
		"ada@example.com\r\nBcc: x":        `error: character '\r' at position 16 cannot stand in an e-mail address here`,
		"ada@exämple.com":                  `error: character 'ä' at position 7 cannot stand in an e-mail address here`,
		"a,b@example.com":                  `error: character ',' at position 2 cannot stand in an e-mail address here`,
		strings.Repeat("a", 249) + "@b.de": strings.Repeat("a", 249) + "@b.de",
		strings.Repeat("a", 250) + "@b.de": "error: an e-mail address has at most 254 bytes, this one has 255",
	} {
		got, err := Email(address)
		if err != nil {
			got = "error: " + err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", address, diff)
		}
	}
}
