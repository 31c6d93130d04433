package problem

import "testing"

func TestStatuses(t *testing.T) {
	for status, want := range map[int][2]string{
		402: {"PAYMENT_REQUIRED", "Payment Required"}, 418: {"IM_A_TEAPOT", "I'm a teapot"}, 499: {"CLIENT_ERROR", ""}, 503: {"SERVICE_UNAVAILABLE", "Service Unavailable"}, 599: {"SERVER_ERROR", ""},
	} {
		if got := [2]string{statusCode(status), StatusTitle(status)}; got != want {
			t.Errorf("%d: %q, want %q", status, got, want)
		}
	}
	if got, ok := StatusByCode("FORBIDDEN"); got != 403 || !ok {
		t.Errorf("FORBIDDEN: %d, %t", got, ok)
	}
	if got, ok := StatusByCode("CLIENT_ERROR"); got != 0 || ok {
		t.Errorf("CLIENT_ERROR: %d, %t", got, ok)
	}
}
