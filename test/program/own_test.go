//go:build unix

package program_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// own starts what stands for the API of whoever reads the documents, and returns its address. It knows why it refuses a call, and does not say.
func own(t *testing.T) string {
	t.Helper()
	orders := http.NewServeMux()
	orders.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) { say(w, 200, `[{"id":17}]`) })
	orders.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		if !lives(r.Header.Get("Authorization")) {
			say(w, 401, `{"error":"Unauthorized"}`)
			return
		}
		say(w, 200, `{"id":`+r.PathValue("id")+`}`)
	})
	orders.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) { say(w, 201, `{"id":18}`) })
	orders.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) { say(w, 200, `{"item":`+r.PathValue("id")+`}`) })
	orders.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { say(w, 404, `{"error":"Not found"}`) })
	api := httptest.NewServer(orders)
	t.Cleanup(api.Close)
	return strings.TrimPrefix(api.URL, "http://")
}

func say(w http.ResponseWriter, status int, body string) {
	h := w.Header()
	h["Date"] = nil
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body+"\n")
}

// ended is a JWT that ended three hours ago; lives tells it from one that has not. Nobody looks at the signature.
func ended() string {
	claims := fmt.Sprintf(`{"sub":"ada","exp":%d}`, time.Now().Add(-3*time.Hour).Unix())
	return "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
}

func lives(authorization string) bool {
	_, token, _ := strings.Cut(authorization, "Bearer ")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	var claims struct{ Exp int64 }
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	return err == nil && json.Unmarshal(text, &claims) == nil && claims.Exp > time.Now().Unix()
}
