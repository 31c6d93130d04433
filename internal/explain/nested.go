package explain

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strings"

	"github.com/candor-gateway/candor/internal/har"
	"github.com/candor-gateway/candor/problem"
)

// Unpack finds an answer in what it is packed in: a HAR file, a log line or another JSON that has it as a string, an exception that quotes it; escapes and
// entities are undone. The note says what was done. What is not packed is itself, without a note.
func Unpack(input []byte) (answer []byte, note string, err error) {
	if har.Looks(input) {
		return fromHAR(input)
	}
	if inner, ok := inside(clean(input)); ok {
		return inner, "This answer stood within what was pasted.", nil
	}
	return input, "", nil
}

// nestedMax is the longest text that is searched, layersMax how many times over escapes are undone, and bracesMax how many places are tried.
const (
	nestedMax = 64 << 10
	layersMax = 4
	bracesMax = 64
)

var (
	// oneLayer undoes one layer of JSON's escapes.
	oneLayer = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\/`, `/`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\u0022`, `"`, `\u0026`, `&`, `\u0027`, `'`, `\u003c`, `<`, `\u003e`, `>`)
	// asJSON makes JSON of what Python prints of a dict.
	asJSON = strings.NewReplacer(`'`, `"`, `: None`, `: null`, `: True`, `: true`, `: False`, `: false`)
	// number is a number of ours that was put into quotes on the way.
	number = regexp.MustCompile(`"(status|serviceErrorCode)"(\s*:\s*)"([0-9]{1,5})"`)
)

// inside is an answer in the words of the catalogue that stands within a text; false if there is none, or if the text is one by itself.
func inside(text []byte) ([]byte, bool) {
	if len(text) == 0 || len(text) > nestedMax || isWhole(text) {
		return nil, false
	}
	layer := string(text)
	for range layersMax {
		if found, ok := objectIn(layer); ok {
			return found, true
		}
		next := html.UnescapeString(oneLayer.Replace(layer))
		if next == layer {
			break
		}
		layer = next
	}
	if strings.Contains(layer, "{'") {
		return objectIn(asJSON.Replace(layer))
	}
	return nil, false
}

// isWhole reports whether a text needs no unpacking: an answer of ours, or a line of our log.
func isWhole(text []byte) bool {
	if _, ok := readLogLine(text); ok {
		return true
	}
	p, ok := readPaste(text)
	if !ok {
		return false
	}
	_, ours := problem.Parse(p.last().status, p.last().get, object(p.body))
	return ours
}

// objectIn is the first object in a text that speaks the contract and fits a row of the catalogue.
func objectIn(text string) ([]byte, bool) {
	text = number.ReplaceAllString(text, `"$1"$2$3`)
	from := 0
	for range bracesMax {
		brace := strings.IndexByte(text[from:], '{')
		if brace < 0 {
			return nil, false
		}
		from += brace
		var found json.RawMessage
		if json.NewDecoder(strings.NewReader(text[from:])).Decode(&found) == nil {
			if p, ours := problem.Parse(0, nil, found); ours && len(p.Candidates) > 0 {
				return bytes.TrimSpace(found), true
			}
		}
		from++
	}
	return nil, false
}
