package explain

import (
	"strings"
	"testing"
)

// pastes of a MiB, of kinds that cost differently.
var largePastes = map[string]string{
	"words": "the quick brown fox jumps over the lazy dog and says nothing that is known to anybody ",
	"json":  `{"level":"info","msg":"request done","path":"/v1/items/42","ms":12,"ok":true}` + "\n",
	"stack": "    at com.example.service.Handler.invoke(Handler.java:42) ~[app.jar:1.0]\n",
	"curlv": "> GET /v1/items HTTP/1.1\r\n> Host: api.example.com\r\n< Content-Type: application/json\r\n",
	"blob":  "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5",
}

func BenchmarkLarge(b *testing.B) {
	for name, unit := range largePastes {
		text := []byte(strings.Repeat(unit, inputMax/len(unit)))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_, _, _ = Pasted(text, wildNow)
			}
		})
	}
}
