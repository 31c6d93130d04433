package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxFile is far above any configuration written by hand: about 40 000 routes.
const maxFile = 8 << 20

// readFile reads a configuration, or says why it cannot, in words that name no system call.
func readFile(file string) ([]byte, *Mistake) {
	text, why := readBounded(file, maxFile+1)
	if why != "" {
		return nil, &Mistake{File: file, Text: why}
	}
	return text, nil
}

// readBounded reads a file up to a bound, or says why it cannot.
func readBounded(file string, bound int64) (text []byte, why string) {
	in, err := os.Open(file) //nolint:gosec // G304: the operator names it
	if err != nil {
		return nil, cannotRead(err)
	}
	defer in.Close()
	if info, statErr := in.Stat(); statErr == nil && info.IsDir() {
		return nil, "this is a folder; expected a file"
	}
	text, err = io.ReadAll(io.LimitReader(in, bound))
	if err != nil {
		return nil, cannotRead(err)
	}
	return text, ""
}

func cannotRead(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be read by this user"
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return "the file cannot be read: " + err.Error()
}

// parseYAML is the document's root, or nil and a mistake. What makes a file no text is said first,
// since the library cannot tell where.
func (r *reader) parseYAML(text []byte) *yaml.Node {
	if len(text) > maxFile {
		r.whole(fmt.Sprintf("the file is larger than %s; a configuration is not that large", sizeText(maxFile)))
		return nil
	}
	if !r.checkText(text) {
		return nil
	}
	loader, err := yaml.NewLoader(strings.NewReader(string(text)))
	if err != nil {
		r.whole(err.Error())
		return nil
	}
	var document, second yaml.Node
	switch err := loader.Load(&document); {
	case errors.Is(err, io.EOF):
		r.whole("the file is empty; the smallest useful one has upstreams: and apis:")
		return nil
	case err != nil:
		r.syntax(text, err)
		return nil
	}
	if err := loader.Load(&second); err == nil {
		r.note(&second, "a second document begins here; expected one in this file")
	} else if !errors.Is(err, io.EOF) {
		r.syntax(text, err)
	}
	if len(document.Content) != 1 || isNull(document.Content[0]) {
		r.whole("the file is empty; the smallest useful one has upstreams: and apis:")
		return nil
	}
	return document.Content[0]
}

// checkText notes the first byte that no YAML text can hold.
func (r *reader) checkText(text []byte) bool {
	line, column, indent := 1, 1, true
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			r.at(line, column, fmt.Sprintf("the byte 0x%02X is not UTF-8; save the file as UTF-8", text[i]))
			return false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7F:
			r.at(line, column, fmt.Sprintf("the control byte 0x%02X cannot stand in a text file", text[i]))
			return false
		case indent && isStrangeBlank(c) && i > 0: // not a byte order mark
			r.at(line, column, strange(c))
			return false
		}
		i += size
		column++
		indent = indent && (c == ' ' || c == '-')
		if c == '\n' {
			line, column, indent = line+1, 1, true
		}
	}
	return true
}
