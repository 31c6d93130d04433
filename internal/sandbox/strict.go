package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/config"
)

// reader reads one value of JSON; at is its place, as in match.app or [1].rate.
type reader func(at string, raw json.RawMessage) error

// wrong is a mistake in a body, with its place.
func wrong(at, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if at == "" {
		return err
	}
	return fmt.Errorf("%s: %w", at, err)
}

// below is the place of a field.
func below(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// readJSON checks that a body is JSON, and says where it is not.
func readJSON(body []byte) error {
	var any json.RawMessage
	err := json.Unmarshal(body, &any)
	if err == nil {
		return nil
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		before := body[:min(int64(len(body)), max(0, syntax.Offset-1))]
		if errors.Is(json.NewDecoder(bytes.NewReader(body)).Decode(&any), io.ErrUnexpectedEOF) {
			before = body // what is missing stands behind it
		}
		line := bytes.Count(before, []byte("\n")) + 1
		column := len(before) - bytes.LastIndexByte(before, '\n')
		return fmt.Errorf("the body is no JSON: %w, at line %d, column %d", err, line, column)
	}
	return fmt.Errorf("the body is no JSON: %w", err)
}

// readObject reads an object whose fields are those of readers, each once, and notes in given those that are there.
func readObject(at string, raw json.RawMessage, given map[string]bool, readers map[string]reader) error {
	if raw[0] != '{' {
		return wrong(at, "it is %s; an object is expected, with %s", kindOf(raw), strings.Join(sortedKeys(readers), ", "))
	}
	if given == nil {
		given = map[string]bool{}
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token() // all of it is JSON: that was looked at
	for d.More() {
		key, _ := d.Token()
		name, _ := key.(string)
		var value json.RawMessage
		_ = d.Decode(&value)
		read, isKnown := readers[name]
		switch {
		case !isKnown:
			return wrong(below(at, name), "there is no such field%s", didYouMean(name, sortedKeys(readers)))
		case given[name]:
			return wrong(below(at, name), "it is given twice")
		}
		given[name] = true
		if err := read(below(at, name), value); err != nil {
			return err
		}
	}
	return nil
}

// readList reads a list of at most so many.
func readList(at string, raw json.RawMessage, most int, read reader) error {
	var all []json.RawMessage
	if raw[0] != '[' {
		return wrong(at, "it is %s; a list is expected", kindOf(raw))
	}
	_ = json.Unmarshal(raw, &all) // it is JSON: that was looked at
	switch {
	case len(all) == 0:
		return wrong(at, "the list is empty")
	case len(all) > most:
		return wrong(at, "the list has %d entries; %d are the most", len(all), most)
	}
	for i, one := range all {
		if err := read(at+"["+strconv.Itoa(i)+"]", one); err != nil {
			return err
		}
	}
	return nil
}

// kindOf says what a value of JSON is.
func kindOf(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return string(raw)
	case 'n':
		return "null"
	}
	return "a number"
}

func readText(at string, raw json.RawMessage) (s string, err error) {
	if raw[0] != '"' {
		return "", wrong(at, "it is %s; a text in quotes is expected", kindOf(raw))
	}
	return s, json.Unmarshal(raw, &s)
}

func readNumber(at string, raw json.RawMessage) (n float64, err error) {
	if kindOf(raw) != "a number" || json.Unmarshal(raw, &n) != nil {
		return 0, wrong(at, "it is %s; a number is expected", kindOf(raw))
	}
	return n, nil
}

// readWhole reads a whole number from least to most.
func readWhole(at string, raw json.RawMessage, least, most uint64) (uint64, error) {
	n, err := strconv.ParseUint(string(raw), 10, 64)
	if err != nil || n < least || n > most {
		what := kindOf(raw)
		if what == "a number" {
			what = string(raw)
		}
		return 0, wrong(at, "it is %s; a whole number from %d to %d is expected", what, least, most)
	}
	return n, nil
}

func yesNo(at string, raw json.RawMessage, into *bool) error {
	if raw[0] != 't' && raw[0] != 'f' {
		return wrong(at, "it is %s; true or false is expected", kindOf(raw))
	}
	*into = raw[0] == 't'
	return nil
}

// readDuration reads a time such as 200ms, from 0 to most.
func readDuration(at string, raw json.RawMessage, most time.Duration) (time.Duration, error) {
	said, err := readText(at, raw)
	if err != nil {
		return 0, err
	}
	d, err := time.ParseDuration(said)
	switch {
	case err != nil:
		return 0, wrong(at, "%q is no duration: write a number and ms, s, m or h, as in 200ms", said)
	case d < 0 || d > most:
		return 0, wrong(at, "%s is too little or too much: 0s to %s can be", said, most)
	}
	return d, nil
}

// upTo reads a duration into a place.
func upTo(into *time.Duration, most time.Duration) reader {
	return func(at string, raw json.RawMessage) (err error) {
		*into, err = readDuration(at, raw, most)
		return err
	}
}

// word reads one of the words that are known.
func word(into *string, known []string) reader {
	return func(at string, raw json.RawMessage) (err error) {
		if *into, err = readText(at, raw); err == nil && !slices.Contains(known, *into) {
			err = wrong(at, "%q is not known here%s", *into, didYouMean(*into, known))
		}
		return err
	}
}

// lookUp reads one of the names that are known, and gives what it stands for.
func lookUp(at string, raw json.RawMessage, known map[string]string) (string, error) {
	said, err := readText(at, raw)
	if err != nil {
		return "", err
	}
	for name, is := range known {
		if strings.EqualFold(name, said) {
			return is, nil
		}
	}
	return "", wrong(at, "%q is not known here%s", said, didYouMean(said, sortedKeys(known)))
}

// didYouMean ends a sentence about a word that nobody knows: with the nearest one, or all.
func didYouMean(said string, known []string) string {
	if near := config.Nearest(said, known); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; known here: " + strings.Join(known, ", ")
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
