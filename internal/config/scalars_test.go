package config

import (
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		in   string
		want time.Duration // -1: refused
		text string
	}{
		{"0", 0, "0s"},
		{"0s", 0, "0s"},
		{"250ms", 250 * time.Millisecond, "250ms"},
		{"3s", 3 * time.Second, "3s"},
		{"90s", 90 * time.Second, "1m30s"},
		{"10m", 10 * time.Minute, "10m"},
		{"2h", 2 * time.Hour, "2h"},
		{"1h20m", 80 * time.Minute, "1h20m"},
		{"1.5h", 90 * time.Minute, "1h30m"},
		{"60d", 60 * day, "60d"},
		{"1d12h", 36 * time.Hour, "36h"},
		{"48h", 2 * day, "2d"},
		{"", -1, ""},
		{"3", -1, ""},
		{"-3s", -1, ""},
		{"+3s", -1, ""},
		{"3 s", -1, ""},
		{"d", -1, ""},
		{"-1d", -1, ""},
		{"1.5d", -1, ""},
		{"1d-2h", -1, ""},
		{"1d+2h", -1, ""},
		{"1dd", -1, ""},
		{"1w", -1, ""},
		{"99999999d", -1, ""},
		{"3S", -1, ""},
	}
	for _, test := range tests {
		got, ok := ParseDuration(test.in)
		if !ok {
			got = -1
		}
		if got != test.want {
			t.Errorf("ParseDuration(%q) = %v, want %v", test.in, got, test.want)
		}
		if ok && durationText(got) != test.text {
			t.Errorf("DurationText(%v) = %q, want %q", got, durationText(got), test.text)
		}
	}
}

func TestSizes(t *testing.T) {
	tests := []struct {
		in   string
		want int64 // -1: refused
		text string
	}{
		{"0", 0, "0B"},
		{"512", 512, "512B"},
		{"512B", 512, "512B"},
		{"8KiB", 8192, "8KiB"},
		{"8 KiB", 8192, "8KiB"},
		{"10MiB", 10 << 20, "10MiB"},
		{"1GiB", 1 << 30, "1GiB"},
		{"1024MiB", 1 << 30, "1GiB"},
		{"1025", 1025, "1025B"},
		{"", -1, ""},
		{"KiB", -1, ""},
		{"8KB", -1, ""},
		{"8K", -1, ""},
		{"8kib", -1, ""},
		{"-1", -1, ""},
		{"+1", -1, ""},
		{"1.5MiB", -1, ""},
		{"9223372036854775807", 1<<63 - 1, "9223372036854775807B"},
		{"9223372036854775807KiB", -1, ""},
		{"9223372036854775808", -1, ""},
	}
	for _, test := range tests {
		got, ok := parseSize(test.in)
		if !ok {
			got = -1
		}
		if got != test.want {
			t.Errorf("parseSize(%q) = %v, want %v", test.in, got, test.want)
		}
		if ok && sizeText(got) != test.text {
			t.Errorf("sizeText(%v) = %q, want %q", got, sizeText(got), test.text)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"address", "first_byte", "routes", "a"}
	tests := []struct{ word, want string }{
		{"addresss", "address"},
		{"ADDRESS", "address"},
		{"addrses", "address"},
		{"first-byte", "first_byte"},
		{"firstbyte", "first_byte"},
		{"route", "routes"},
		{"b", ""},
		{"xyz", ""},
		{"", ""},
		{"routing", ""},
	}
	for _, test := range tests {
		if got := Nearest(test.word, known); got != test.want {
			t.Errorf("Nearest(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}
