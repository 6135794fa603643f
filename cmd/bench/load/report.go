package main

import (
	"fmt"
	"time"
)

// report is what a run came to.
type report struct {
	o       *options
	took    time.Duration
	written writing
	crowd   *crowd

	idle, under              tileTimes
	before, held, start, end usage

	verdict verdict
}

func (r *report) print() {
	n := float64(len(r.crowd.clients))
	share := func(cpu time.Duration) float64 { return 100 * cpu.Seconds() / r.end.at.Sub(r.start.at).Seconds() }
	fmt.Printf("\n%d streams on %d servers, %d changes in %.0f s by %d writers\n", len(r.crowd.clients), r.o.servers, r.written.done, r.took.Seconds(), r.o.writers)
	line := func(name, format string, values ...any) {
		fmt.Printf("  %-44s "+format+"\n", append([]any{name}, values...)...)
	}
	line("changes a second", "%8.1f (%d begun over 1 s late)", float64(r.written.done)/r.took.Seconds(), r.written.late)
	line("commit, p50 and p99", "%8.1f %8.1f ms", r.written.took.quantile(0.5), r.written.took.quantile(0.99))
	line("commit to event at the client, p50 and p99", "%8.1f %8.1f ms, worst %.1f", r.crowd.lag.quantile(0.5), r.crowd.lag.quantile(0.99), r.crowd.lag.quantile(1))
	line("messages a second and stream, bytes each", "%8.1f %8.0f", float64(r.crowd.events.Load())/n/r.took.Seconds(), float64(r.crowd.bytes.Load())/float64(max(1, r.crowd.events.Load())))
	line("streams cut off and back", "%8d", r.crowd.cuts.Load())
	line("clients", "%s", r.verdict)
	line("tile, idle, p50 and p99", "%8.1f %8.1f ms (%d failed)", r.idle.took.quantile(0.5), r.idle.took.quantile(0.99), r.idle.failed)
	line("tile, under the load, p50 and p99", "%8.1f %8.1f ms (%d failed)", r.under.took.quantile(0.5), r.under.took.quantile(0.99), r.under.failed)
	line("  p99 under the load over idle", "%8.2f", r.under.took.quantile(0.99)/r.idle.took.quantile(0.99))
	line("CPU of the servers, of the database", "%7.0f%% %7.0f%% of one core", share(r.end.servers-r.start.servers), share(r.end.database-r.start.database))
	line("memory of the servers: before, held, after", "%8.0f %8.0f %8.0f MB", r.before.resident, r.held.resident, r.end.resident)
	line("  a held stream", "%8.0f KB", 1024*(r.held.resident-r.before.resident)/n)
}
