package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tengdi/cmd/bench/measure"
	"tengdi/cmd/bench/running"
	"tengdi/geo/postgis/local"
)

// service is a running tengdi on a data folder of its own.
type service struct{ running.Server }

// address is that of the service's private cluster.
func (s *service) address() (string, error) {
	url, ok := local.Attach(s.Data)
	if !ok {
		return "", errors.New("the private cluster is not there")
	}
	return url("tengdi"), nil
}

// measureStart times the first start, which makes the cluster and the demo
// district, and three later ones; it leaves the service running.
func (s *service) measureStart(ctx context.Context) error {
	first, err := s.Start(ctx, "--demo")
	if err != nil {
		return err
	}
	fmt.Printf("Start\n  first, with initdb and the demo district   %6.1f s\n", first.Seconds())
	var again []time.Duration
	for range 3 {
		if err := s.Stop(); err != nil {
			return err
		}
		d, err := s.Start(ctx)
		if err != nil {
			return err
		}
		again = append(again, d)
	}
	fmt.Printf("  later, cluster start and maps loaded       %6.1f s (median of 3)\n", measure.Median(again).Seconds())
	rss, err := measure.Resident(s.PID())
	if err != nil {
		return err
	}
	fmt.Printf("Memory\n  tengdi, demo district loaded (VmRSS)       %6.0f MB\n\n", float64(rss)/(1<<20))
	return nil
}
