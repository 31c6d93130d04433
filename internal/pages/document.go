package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// document is one page in its formats. Its HTML stands twice: links on a site have no suffix, and those between files need one.
type document struct {
	html, file, json, markdown []byte
}

// render makes a document of facts: by a template, as JSON, and of the Markdown that is there already.
func render(t *template.Template, name, self string, facts any, markdown string, at func(place) any) (d document, err error) {
	site := onSite(self)
	if self == indexName {
		site = siteIndex()
	}
	if d.html, err = execute(t, name, at(site)); err != nil {
		return d, err
	}
	if d.file, err = execute(t, name, at(asFile(self))); err != nil {
		return d, err
	}
	if d.json, err = indented(facts); err != nil {
		return d, err
	}
	d.markdown = []byte(markdown)
	return d, nil
}

// indented is JSON that people can read too.
func indented(facts any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(facts); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// front is the front matter of a Markdown page: YAML, each value in quotes where it is no plain word.
func front(w *strings.Builder, fields [][2]string) {
	w.WriteString("---\n")
	for _, f := range fields {
		value := f[1]
		if !isPlain(value) {
			value = fmt.Sprintf("%q", value)
		}
		fmt.Fprintf(w, "%s: %s\n", f[0], value)
	}
	w.WriteString("---\n\n")
}

// isPlain reports whether YAML reads a text as itself, or as the number that it is.
func isPlain(s string) bool {
	switch s {
	case "", "no", "yes", "on", "off", "null": // true and false are meant as they are
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == ""
}

func bullets(w *strings.Builder, title string, all []string) {
	fmt.Fprintf(w, "\n## %s\n\n", title)
	for _, s := range all {
		fmt.Fprintf(w, "- %s\n", s)
	}
}

// ended ends a sentence with a point.
func ended(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
