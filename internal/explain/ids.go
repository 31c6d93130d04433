package explain

import (
	"regexp"
	"slices"
	"strings"
)

// idsMax is how many ids are repeated.
const idsMax = 6

var (
	// namedID is an id behind the name of a field, of a member of JSON or of a line for people.
	namedID = regexp.MustCompile(`(?i)\b(cf-ray|ray id|traceparent|(?:reference|error|event|incident|support|activity|operation) ?(?:id|no|number)|reference (?:&#35;|#)|` +
		`(?:x-)?(?:[a-z0-9]+-){0,3}(?:request|correlation|trace|transaction|amzn-trace|operation|activity)-?id|x-(?:li|fs)-uuid|x-b3-traceid|x-amz-(?:id-2|cf-id)|` +
		`(?:client|server)?(?:request|correlation|trace|host)_?id|(?:request|correlation|trace|transaction|log) id)["'*]*[ \t]*(?:[:=#]|is\b|&#58;)?[ \t]*["'*]*(?:<[a-z]+[^>]{0,60}>)*[ \t]*([A-Za-z0-9][A-Za-z0-9:._/+=;-]{7,127})`)
	// shapesOfIDs are what an id may look like. What looks otherwise could be anything, and is not repeated.
	shapesOfIDs = regexp.MustCompile(`^(?:` +
		`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}` + // UUID
		`|[0-9a-fA-F]{16}(?:-[A-Z]{3})?|[0-9a-fA-F]{32}` + // 32 hex digits; Cloudflare's ray with its place
		`|[A-Za-z0-9+/]{22}==` + // 16 bytes in base64
		`|00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}` + // W3C Trace Context
		`|(?:Root=|Self=)?1-[0-9a-f]{8}-[0-9a-f]{24}` + // X-Amzn-Trace-Id
		`|[0-9A-Z]{13,16}` + // Amazon's storage
		`|[0-9A-F]{3,5}(?::[0-9A-F]{3,8}){2,5}` + // GitHub
		`|(?:req|request|trace|evt)_[0-9A-Za-z]{10,40}` + // OpenAI, Stripe and others
		`|[0-9]{1,3}(?:\.[0-9a-f]{6,16}){2,4}` + // Akamai
		`|[0-9]{8,20}` + // numbers
		`)$`)
	// callIDs are ids such as Candor's own, with no name before them.
	callIDs = regexp.MustCompile(`\b(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|01[0-9a-f]{10}7[0-9a-f]{3}[89ab][0-9a-f]{15})\b`)
)

// idsIn are the ids of calls that a paste shows, each with its name: whoever runs the server finds the call by them.
func idsIn(text string) (found []string) {
	var values []string
	for _, m := range namedID.FindAllStringSubmatch(excerpt(text, signsIn), -1) {
		value := strings.TrimRight(m[2], ".:;,/")
		value, _, _ = strings.Cut(value, ";") // X-Amzn-Trace-Id: Root=…;Parent=…
		if !shapesOfIDs.MatchString(value) || slices.Contains(values, value) {
			continue
		}
		values = append(values, value)
		found = append(found, strings.ToLower(strings.Join(strings.Fields(m[1]), " "))+" "+value)
	}
	for _, value := range callIDs.FindAllString(excerpt(text, signsIn), -1) {
		if !slices.Contains(values, value) {
			values = append(values, value)
			found = append(found, "id "+value)
		}
	}
	return found[:min(len(found), idsMax)]
}

// giveIDs repeats the ids of a paste that holds more than an id.
func (e *Explanation) giveIDs(text string) {
	if len(strings.Fields(text)) <= 2 {
		return
	}
	ids := idsIn(text)
	if e.Answer != nil && len(ids) == 1 && e.Answer.RequestID != "" && strings.HasSuffix(ids[0], " "+e.Answer.RequestID) {
		return // it stands there as Id
	}
	e.IDs = ids
}
