package explain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
)

// named is an id behind its name: "x-li-uuid: AaIQ…", "requestId=…", urn:uuid:….
var idName = regexp.MustCompile(`^(?i:["']?[a-z][a-z0-9-]{0,40}["']?\s*[:=]\s*|urn:uuid:)+`)

// id explains the id of a call, in one of its three spellings. What is another UUID is told as such; what could be a secret is not taken for an id.
func id(text string) (Explanation, bool) {
	if strings.ContainsAny(text, "\r\n") {
		return Explanation{}, false
	}
	word := strings.Trim(text[len(idName.FindString(text)):], ` "',;`)
	canonical := idOf(word)
	ours := canonical != "" && canonical[14] == '7' && strings.ContainsRune("89ab", rune(canonical[19])) // RFC 9562 §5.7
	switch {
	case ours:
		return Explanation{Meanings: []Meaning{callID(canonical)}}, true
	case uuid.MatchString(word):
		return Explanation{Meanings: []Meaning{foreignID}}, true
	}
	return Explanation{}, false
}

func callID(id string) Meaning {
	what := "An id such as Candor gives each call: " + id
	if ms, err := strconv.ParseInt(id[:8]+id[9:13], 16, 64); err == nil {
		what += ", begun at " + time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return Meaning{
		Title: "The id of a call", What: what + ". What went wrong stands in the record of the call, which the gateway keeps of calls that failed.",
		Who: who["operator"],
		How: []string{
			"If the app is yours: CANDOR_KEY=… candor explain " + id + " --server URL asks the place at which you sign in as a developer; the operator makes the key.",
			"If you run the gateway: candor explain " + id + " --config FILE asks the instance of that configuration.",
			"Else paste the whole answer here, or give the id to the operator of the API.",
			"Where no record was kept, the access log has a line: grep -F " + id + " access.log, and paste it here. Of a call that failed in the linkedin profile, x-li-uuid and x-li-request-id find it as they stand, too.",
		},
		Repeat: noFailure,
	}
}

var foreignID = Meaning{
	Title: "An id of another program", What: "A UUID, but not of version 7, which Candor's ids are. Where a caller sent it as X-Request-Id, it is request_id in the access log.",
	Who: who["operator"], How: []string{"Look for it in the access log, or in the log of whoever made it."}, Repeat: noFailure,
}

// idLike is what can be an id of a call, in one of its three spellings.
var idLike = regexp.MustCompile(`(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[A-Za-z0-9+/]{22}==`)

// IDs are the ids of calls that stand in an input, the first ones, in their canonical spelling.
func IDs(input []byte, most int) []string {
	text := string(clean(input))
	var all []string
	for _, at := range idLike.FindAllStringIndex(text, -1) {
		if at[0] > 0 && isIDByte(text[at[0]-1]) || at[1] < len(text) && isIDByte(text[at[1]]) {
			continue // a part of something longer, as of a token
		}
		if id, ok := callid.Parse(text[at[0]:at[1]]); ok && !slices.Contains(all, id.String()) && len(all) < most {
			all = append(all, id.String())
		}
	}
	return all
}

// isIDByte reports whether a byte can be part of a word of which an id would be no whole one.
func isIDByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || c == '-' || c == '+'
}
