package admin

import (
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/candor-gateway/candor/internal/tally"
)

// metricsOf serves a registry of its own: nothing that a library registers by
// itself is in it.
func metricsOf(o Options) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		buildInfo(o),
	)
	if o.Calls != nil {
		registry.MustRegister(newCallCollector(o))
	}
	for _, n := range o.Numbers {
		registry.MustRegister(n.collector())
	}
	for _, f := range o.Families {
		registry.MustRegister(f.collector())
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog:      slog.NewLogLogger(o.logHandler(), slog.LevelError),
		ErrorHandling: promhttp.ContinueOnError, // what can be read is worth more than nothing
	})
}

func (o Options) logHandler() slog.Handler {
	if o.Log == nil {
		return slog.DiscardHandler
	}
	return o.Log.Handler()
}

func buildInfo(o Options) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "candor_build_info",
		Help:        "Always 1; the labels say what is running.",
		ConstLabels: prometheus.Labels{"version": o.Version, "commit": o.Commit, "go": runtime.Version()},
	}, func() float64 { return 1 })
}

func (n Number) collector() prometheus.Collector {
	if n.Total {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: n.Name, Help: n.Help}, n.Value)
	}
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: n.Name, Help: n.Help}, n.Value)
}

// callCollector reads the counts of calls whenever metrics are asked for.
type callCollector struct {
	Options
	requests, durations, in, out, would *prometheus.Desc
}

var _ prometheus.Collector = (*callCollector)(nil)

func newCallCollector(o Options) *callCollector {
	return &callCollector{
		Options: o,
		requests: prometheus.NewDesc("candor_requests_total",
			"Calls by route, class of the status (none: no answer was sent), problem and who wrote the answer.",
			[]string{"route", "class", "problem", "by"}, nil),
		durations: prometheus.NewDesc("candor_request_duration_seconds",
			"From a call's first byte to its answer's last.", []string{"route"}, nil),
		in: prometheus.NewDesc("candor_received_bytes_total", "Bytes read from clients, heads included.", []string{"route"}, nil),
		would: prometheus.NewDesc("candor_would_refuse_total",
			"Refusals that were only observed, by API, route (none: the path is no route's), check and problem.",
			[]string{"api", "route", "check", "problem"}, nil),
		out: prometheus.NewDesc("candor_sent_bytes_total", "Bytes written to clients, heads included.", []string{"route"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (c *callCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.requests, c.durations, c.in, c.out, c.would} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *callCollector) Collect(ch chan<- prometheus.Metric) {
	c.Calls.Each(func(number uint32, t *tally.Totals) {
		route := c.route(number)
		for outcome, n := range t.Outcomes {
			ch <- prometheus.MustNewConstMetric(c.requests, prometheus.CounterValue, float64(n),
				route, class(outcome.Class), c.problem(outcome.Problem), by(outcome.ByUpstream))
		}
		ch <- c.histogram(route, t)
		ch <- prometheus.MustNewConstMetric(c.in, prometheus.CounterValue, float64(t.In), route)
		ch <- prometheus.MustNewConstMetric(c.out, prometheus.CounterValue, float64(t.Out), route)
	})
	c.Calls.EachWould(func(number uint32, w tally.Would, n uint64) {
		route := c.route(number)
		api, own, _ := strings.Cut(route, "/")
		switch {
		case number == tally.NoRoute:
			api = ""
		case own == "":
			route = "none"
		}
		ch <- prometheus.MustNewConstMetric(c.would, prometheus.CounterValue, float64(n), api, route, c.check(w.Check), c.problem(w.Problem))
	})
}

func (c *callCollector) histogram(route string, t *tally.Totals) prometheus.Metric {
	bounds := make(map[float64]uint64, tally.Buckets)
	var n uint64
	for i, count := range t.Buckets {
		n += count
		if i < tally.Buckets-1 {
			bounds[tally.Bound(i)] = n
		}
	}
	return prometheus.MustNewConstHistogram(c.durations, n, float64(t.Micros)/1e6, bounds, route)
}

func (c *callCollector) route(number uint32) string {
	switch {
	case number == tally.NoRoute:
		return "none"
	case c.RouteName == nil:
		return strconv.FormatUint(uint64(number), 10)
	}
	return c.RouteName(number)
}

func (c *callCollector) problem(number uint8) string {
	switch {
	case number == 0:
		return ""
	case c.ProblemName == nil:
		return strconv.Itoa(int(number))
	}
	return c.ProblemName(number)
}

func (c *callCollector) check(number uint8) string {
	if c.CheckName == nil {
		return strconv.Itoa(int(number))
	}
	return c.CheckName(number)
}

func class(c uint8) string {
	switch c {
	case 0:
		return "none"
	case tally.Beyond:
		return "other"
	}
	return strconv.Itoa(int(c)) + "xx"
}

func by(upstream bool) string {
	if upstream {
		return "upstream"
	}
	return "gateway"
}
