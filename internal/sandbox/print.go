package sandbox

import (
	"bytes"
	"fmt"

	"github.com/candor-gateway/candor/problem"
)

// text is what the sandbox prints when it is ready: where it is, and each call to try under the status to expect.
func text(f *File, path string, p problem.Profile, lines []Line, moved []string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Candor sandbox, %s profile\n\n", p)
	fmt.Fprintf(&b, "  API    %s\n  page   %s\n  admin  %s\n  demo   %s (sign-in, consent, and what goes wrong)\n  file   %s (tokens in every state, apps, members)\n", f.API, f.WWW, f.Admin, f.Demo, path)
	for _, m := range moved {
		fmt.Fprintf(&b, "  (%s)\n", m)
	}
	fmt.Fprintf(&b, "\nWhat became of a call, by the requestId of its answer:\n  CANDOR_KEY=%s candor explain ID --server %s\n", f.Developers[0].Key, f.WWW)
	for _, g := range grouped(lines) {
		fmt.Fprintf(&b, "\n%s\n", g.Name)
		for _, l := range g.Lines {
			fmt.Fprintf(&b, "  %d  %s\n       %s\n", l.Status, l.Name, l.Curl)
		}
	}
	fmt.Fprintf(&b, "\nEnd it with Ctrl-C.\n")
	return b.Bytes()
}
