package main

import (
	"log/slog"
	"testing"
	"time"

	"tengdi/geo"
)

// meeting is a publisher that lets nobody go on before every audience has come.
type meeting struct {
	quietHub
	here, all chan struct{}
	t         *testing.T
}

func (m *meeting) Start(geo.Audience, int64) {
	m.here <- struct{}{}
	select {
	case <-m.all:
	case <-time.After(30 * time.Second):
		m.t.Error("a map waited for the other one's end")
	}
}

// The maps of both audiences are loaded, and taken from their files, at the same
// time.
func TestMapsBeginTogether(t *testing.T) {
	store := newStore(t)
	folder, log := t.TempDir(), slog.New(slog.DiscardHandler)
	for _, kept := range []bool{false, true} {
		hub := &meeting{here: make(chan struct{}, 100), all: make(chan struct{}), t: t}
		var feeds []*mapFeed
		for _, aud := range []geo.Audience{geo.Public, geo.Staff} {
			engine, err := newEngine(aud)
			if err != nil {
				t.Fatal(err)
			}
			feeds = append(feeds, &mapFeed{
				aud: aud, store: store, engine: engine, hub: hub, log: log,
				file: openMapFile(t.Context(), folder, aud, store, log),
			})
		}
		go func() {
			for range feeds { // each waits in its first Start
				<-hub.here
			}
			close(hub.all)
		}()
		if err := beginAll(t.Context(), feeds); err != nil {
			t.Fatal(err)
		}
		for _, f := range feeds {
			if !f.engine.Ready() {
				t.Errorf("kept %v: the %s map is not there", kept, f.aud)
			}
			if kept != (f.file.saved.Mark != "") {
				t.Errorf("kept %v: the %s map has %+v", kept, f.aud, f.file.saved)
			}
			if err := f.file.save(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}
