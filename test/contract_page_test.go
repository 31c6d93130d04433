package house

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

// The page that callers read has the catalogue of the program, and no other.
func TestContractPage(t *testing.T) {
	t.Parallel()
	quoted(t, "../docs/contract.md", "the catalogue of problem", catalogue())
}

func catalogue() string {
	var out strings.Builder
	out.WriteString("| problem | status | serviceErrorCode | code | meaning | who | repeat |\n|---|---|---|---|---|---|---|\n")
	for _, r := range problem.Table() {
		status := strconv.Itoa(r.Standard.Status)
		if r.LinkedIn.Status != r.Standard.Status {
			status += ", " + strconv.Itoa(r.LinkedIn.Status)
		}
		code := "`" + r.Standard.Code + "`"
		if strings.HasPrefix(r.Problem, "upstream_") && strings.HasSuffix(r.Problem, "_error") {
			status, code = "the API's", "the name of the status"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %d | %s | %s | %s | %s |\n", r.Problem, status, r.Standard.ServiceErrorCode, code, r.Title, r.Who, r.Retry)
	}
	return out.String()
}
