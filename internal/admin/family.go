package admin

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Family is a number for each of several things, told apart by labels, read when metrics are asked for.
type Family struct {
	Name   string // candor_certificate_ends_seconds
	Help   string // one sentence
	Labels []string
	Total  bool // it only ever grows: the name ends in _total
	// Each calls yield with the values of the labels and the number. Of equal labels the first counts.
	Each func(yield func(labels []string, value float64))
}

// familyCollector reads a Family whenever metrics are asked for.
type familyCollector struct {
	Family
	desc *prometheus.Desc
}

var _ prometheus.Collector = (*familyCollector)(nil)

func (f Family) collector() *familyCollector {
	return &familyCollector{f, prometheus.NewDesc(f.Name, f.Help, f.Labels, nil)}
}

// Describe implements prometheus.Collector.
func (c *familyCollector) Describe(ch chan<- *prometheus.Desc) { ch <- c.desc }

// Collect implements prometheus.Collector.
func (c *familyCollector) Collect(ch chan<- prometheus.Metric) {
	seen, kind := map[string]bool{}, prometheus.GaugeValue
	if c.Total {
		kind = prometheus.CounterValue
	}
	c.Each(func(labels []string, value float64) {
		key := strings.Join(labels, "\x00")
		if seen[key] {
			return
		}
		seen[key] = true
		ch <- prometheus.MustNewConstMetric(c.desc, kind, value, labels...)
	})
}
