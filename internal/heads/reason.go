package heads

import "net/http"

// reasonOf is the reason phrase of a status line that we write, in the words of RFC 9110 §15; it says nothing that the status does not.
func reasonOf(status int) string {
	switch status {
	case 413:
		return "Content Too Large"
	case 414:
		return "URI Too Long"
	case 422:
		return "Unprocessable Content"
	}
	if r := http.StatusText(status); r != "" {
		return r
	}
	return "Status"
}
