// Package adopt_test puts Candor before servers of other people, which know nothing of it, and holds that nothing changes: clients get the answers that they got before,
// and the servers the calls, to the byte, but for what belongs to one hop, and what docs/adopting.md says is added.
package adopt

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// asAPI tells this binary to be an upstream.
const asAPI = "CANDOR_TEST_API"

// program is the built candor.
var program string

func TestMain(m *testing.M) {
	if os.Getenv(asAPI) != "" {
		serveAPI()
	}
	os.Exit(runWithProgram(m))
}

func runWithProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "candor-adopt-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "candor")
	for _, rooms := range []string{"../../cmd/candor/*.go", "../../internal/*/*.go"} {
		sources, _ := filepath.Glob(rooms)
		for _, source := range sources {
			_, _ = os.Stat(source) // so that the go command takes no result from its cache when they have changed
		}
	}
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/candor").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build candor: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
