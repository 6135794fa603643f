package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// report is what a run came to.
type report struct {
	o       *options
	took    time.Duration // of the stretches with changes, as is what follows
	servers time.Duration // CPU of the servers
	db      time.Duration // CPU of the database
	span    time.Duration // that the CPU was used in
	written writing
	crowd   *crowd

	first             tileTimes // not timed
	idle, under       tileTimes
	ratios            []float64 // p99 under the changes over that without, by pair
	before, held, end usage

	verdict verdict
}

// add brings in a pair of stretches; start and end are those of the second.
func (r *report) add(took time.Duration, start, end usage, idle, under *tileTimes) {
	r.took += took
	r.servers += end.servers - start.servers
	r.db += end.database - start.database
	r.span += end.at.Sub(start.at)
	r.ratios = append(r.ratios, under.took.quantile(0.99)/idle.took.quantile(0.99))
	r.idle.merge(idle)
	r.under.merge(under)
}

// err says what of the run must not be.
func (r *report) err() error {
	var left, failed error
	if n := r.written.left; n > 0 {
		left = fmt.Errorf("%d of %d changes were not made in twice their time", n, n+r.written.done)
	}
	if n := r.first.failed.Load() + r.idle.failed.Load() + r.under.failed.Load(); n > 0 {
		failed = fmt.Errorf("%d requests for tiles failed", n)
	}
	return errors.Join(r.verdict.err(), left, failed)
}

func (r *report) print(to io.Writer) {
	n := float64(len(r.crowd.clients))
	share := func(cpu time.Duration) float64 { return 100 * cpu.Seconds() / r.span.Seconds() }
	fmt.Fprintf(to, "\n%d streams on %d servers, %d changes in %.0f s by %d writers, in %d stretches\n",
		len(r.crowd.clients), r.o.servers, r.written.done, r.took.Seconds(), r.o.writers, len(r.ratios))
	line := func(name, format string, values ...any) {
		fmt.Fprintf(to, "  %-44s "+format+"\n", append([]any{name}, values...)...)
	}
	line("changes a second", "%8.1f (%d begun over 1 s late, %d never)", float64(r.written.done)/r.took.Seconds(), r.written.late, r.written.left)
	line("commit, p50 and p99", "%8.1f %8.1f ms", r.written.took.quantile(0.5), r.written.took.quantile(0.99))
	line("commit to event at the client, p50 and p99", "%8.1f %8.1f ms, worst %.1f", r.crowd.lag.quantile(0.5), r.crowd.lag.quantile(0.99), r.crowd.lag.quantile(1))
	line("messages a second and stream, bytes each", "%8.1f %8.0f", float64(r.crowd.events.Load())/n/r.took.Seconds(), float64(r.crowd.bytes.Load())/float64(max(1, r.crowd.events.Load())))
	line("streams cut off and back", "%8d", r.crowd.cuts.Load())
	line("clients", "%s", r.verdict)
	line("tile, idle, p50 and p99", "%8.1f %8.1f ms (%d failed)", r.idle.took.quantile(0.5), r.idle.took.quantile(0.99), r.idle.failed.Load())
	line("tile, under the load, p50 and p99", "%8.1f %8.1f ms (%d failed)", r.under.took.quantile(0.5), r.under.took.quantile(0.99), r.under.failed.Load())
	slices.Sort(r.ratios)
	line("  p99 under the load over idle, all and median", "%8.2f %8.2f", r.under.took.quantile(0.99)/r.idle.took.quantile(0.99), r.ratios[len(r.ratios)/2])
	line("CPU of the servers, of the database", "%7.0f%% %7.0f%% of one core", share(r.servers), share(r.db))
	line("memory of the servers: before, held, after", "%8.0f %8.0f %8.0f MB", r.before.resident, r.held.resident, r.end.resident)
	line("  a held stream", "%8.0f KB", 1024*(r.held.resident-r.before.resident)/n)
}
