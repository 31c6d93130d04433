package gateway

import "net/http"

// reasonOf is the reason phrase of a status line that we write (RFC 9110 §15); it says nothing that the status does not.
func reasonOf(status int) string {
	if r := http.StatusText(status); r != "" {
		return r
	}
	return "Status"
}
