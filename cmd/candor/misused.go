package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// hintTail is how kong ends a sentence with what was probably meant.
var hintTail = regexp.MustCompile(`, did you mean (.*)\?$`)

// misused is a mistake in the command line, in one line: what is wrong, what was probably meant, and
// where to read more.
func misused(err error) error {
	say := strings.ReplaceAll(err.Error(), `"`, "")
	hint := ""
	if found := hintTail.FindStringSubmatch(say); found != nil {
		say = strings.TrimSuffix(say, found[0])
		hint = found[1]
	}
	say = strings.ReplaceAll(say, "unexpected argument", "there is no command or argument")
	if hint != "" && !isShortFlag(hint) {
		return mistake("%s; did you mean %s?", say, hint)
	}
	return mistake("%s; see %s --help", say, commandOf(err))
}

// isShortFlag tells -h and the like, or several of them, which are near to everything and meant by nobody.
func isShortFlag(s string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(s, "one of "), ",")
	return len(first) == 2 && first[0] == '-'
}

// commandOf is the command that the mistake was made in.
func commandOf(err error) string {
	var e *kong.ParseError
	if errors.As(err, &e) && e.Context != nil && e.Context.Selected() != nil {
		return "candor " + strings.TrimPrefix(e.Context.Selected().Path(), "candor ")
	}
	return "candor"
}

// mistake is one in the command line.
func mistake(format string, args ...any) error {
	return &exitError{exitMistake, fmt.Errorf("candor: "+format, args...)}
}
