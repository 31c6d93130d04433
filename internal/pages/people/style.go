package people

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"time"
)

// What pages load, each by its path.
const (
	StylePath = "/people.css"
	IconPath  = "/people.svg"
)

var kinds = map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}

// ServeFile answers a GET or HEAD of StylePath or IconPath, or with 304 where the browser has it. It reports false, and answers nothing, for another path. Each
// use asks, since an upgrade changes them.
func ServeFile(w http.ResponseWriter, r *http.Request) bool {
	kind := kinds[path.Ext(r.URL.Path)]
	text, err := files.ReadFile("html" + r.URL.Path)
	if err != nil || kind == "" {
		return false
	}
	sum := sha256.Sum256(text)
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
	return true
}
