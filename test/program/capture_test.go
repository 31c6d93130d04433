package program_test

import (
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

// captures NAME FILE PATTERN sets a variable to what the first group of a pattern is in a file.
func captures(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: captures NAME FILE PATTERN")
	}
	pattern, err := regexp.Compile(args[2])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile(args[1]))
	if len(found) < 2 {
		ts.Fatalf("%s does not match %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}
