package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tengdi/cmd/bench/measure"
	"tengdi/geo"
	"tengdi/geo/postgis"
)

// measureLive times the way from a commit made by another process to the event
// on an open map's stream. A listed parcel is suspended and listed again.
func measureLive(ctx context.Context, svc *service) error {
	url, err := svc.address()
	if err != nil {
		return err
	}
	store, err := postgis.Open(ctx, postgis.Options{URL: url})
	if err != nil {
		return err
	}
	defer store.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, err := listen(ctx, svc.URL+"/api/live?tileset=public")
	if err != nil {
		return err
	}
	page, err := store.Features(ctx, geo.Public, geo.FeatureQuery{Collection: "parcels", Limit: 1, Equal: map[string]string{"status": "listed"}})
	if err != nil {
		return err
	}
	if len(page.Features) == 0 {
		return errors.New("the demo has no listed parcel")
	}
	actor := geo.Actor{Login: "bench", Role: geo.RoleSystem, Source: geo.FromCLI}
	var lag []time.Duration
	for i := range 20 {
		to := []string{"suspended", "listed"}[i%2]
		_, err := store.Transition(ctx, actor, geo.Transition{
			Entity: geo.ParcelMachine, Code: page.Features[0].Code, To: to, Reason: "bench",
		})
		if err != nil {
			return err
		}
		committed := time.Now()
		select {
		case at := <-events:
			lag = append(lag, max(0, at.Sub(committed)))
		case <-time.After(10 * time.Second):
			return errors.New("no event within 10 s")
		}
	}
	fmt.Printf("Commit in another process to event on an open stream\n  median %.1f ms, worst of %d %.1f ms\n\n", measure.Millis(measure.Median(lag)), len(lag), measure.Millis(measure.Quantile(lag, 1)))
	return nil
}

// listen opens the stream and sends the time of each change that arrives.
func listen(ctx context.Context, url string) (<-chan time.Time, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("%s: %s", url, resp.Status)
	}
	at := make(chan time.Time, 64)
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	hello := make(chan struct{})
	go func() {
		defer resp.Body.Close()
		for lines.Scan() {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: hello"):
				close(hello)
			case strings.HasPrefix(line, "event: change"):
				at <- time.Now()
			}
		}
	}()
	select {
	case <-hello:
		return at, nil
	case <-time.After(5 * time.Second):
		return nil, errors.New("the stream said no hello")
	}
}
