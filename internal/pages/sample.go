package pages

import "embed"

//go:embed samples
var sampleFiles embed.FS

// sample is code that repeats a call as the contract allows. A test runs each of them.
type sample struct {
	Language string `json:"language"`
	File     string `json:"file"`
	Code     string `json:"code"`
}

// samples are all of them. Go's has a suffix, so that it is no part of this program.
func samples() []sample {
	all := []sample{{Language: "curl", File: "retry.sh"}, {Language: "Go", File: "retry.go"}, {Language: "JavaScript", File: "retry.mjs"}, {Language: "Python", File: "retry.py"}}
	for i := range all {
		s := &all[i]
		name := "samples/" + s.File
		if s.Language == "Go" {
			name += ".txt"
		}
		code, err := sampleFiles.ReadFile(name)
		if err != nil {
			panic("pages: " + err.Error()) // it is embedded, as a test sees
		}
		s.Code = string(code)
	}
	return all
}
