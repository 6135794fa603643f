package web

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"tengdi/geo"
)

// countingKeeper keeps nothing and counts what it was given; while held it
// waits.
type countingKeeper struct {
	puts atomic.Int64
	in   chan struct{} // one for each Put that has begun; nil = nobody asks
	hold chan struct{} // closed when they may go on; nil = at once
}

func (k *countingKeeper) Put(ctx context.Context, r io.Reader) (geo.File, error) {
	k.puts.Add(1)
	if k.hold != nil {
		k.in <- struct{}{}
		select {
		case <-k.hold:
		case <-ctx.Done():
			return geo.File{}, ctx.Err()
		}
	}
	n, err := io.Copy(io.Discard, r)
	return geo.File{SHA256: strings.Repeat("ab", 32), Bytes: n, MediaType: "text/plain; charset=utf-8"}, err
}

func (k *countingKeeper) Open(context.Context, string) (io.ReadSeekCloser, error) {
	return nil, geo.Errorf(geo.NotFound, "nothing is kept", "没有保存")
}

// paperForm is an upload of a small text.
func paperForm(t *testing.T) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("kind", "other"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", "纪要.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte("一次会议的纪要")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// Who may not write a thing leaves no bytes behind: the upload is refused before
// its body is read. Only so many papers come in at once.
func TestUploadsAreAdmittedFirst(t *testing.T) {
	keeper := &countingKeeper{}
	s := newSite(t, village(), func(c *Config) {
		c.Files = keeper
		c.Limits = Limits{Uploads: 2, RequestsPerSecond: 1e9, RequestBurst: 1e9}
	})
	s.assignField()
	body, kind := paperForm(t)
	send := func(v *visitor, path string) int {
		res, _ := v.do("POST", path, bytes.NewReader(body), "Content-Type", kind)
		return res.StatusCode
	}
	field := s.as(geo.RoleField)
	for path, want := range map[string]int{
		"/api/areas/A02/files":       http.StatusForbidden, // of another area
		"/api/areas/none/files":      http.StatusNotFound,
		"/api/households/none/files": http.StatusNotFound,
	} {
		if got := send(field, path); got != want {
			t.Errorf("%s as field: %d, want %d", path, got, want)
		}
	}
	if got := send(s.as(geo.RoleViewer), "/api/areas/A01/files"); got != http.StatusForbidden {
		t.Errorf("a viewer uploads: %d", got)
	}
	if n := keeper.puts.Load(); n != 0 {
		t.Errorf("%d refused uploads were kept", n)
	}
	if got := send(field, "/api/areas/A01/files"); got != http.StatusCreated {
		t.Errorf("to the own area: %d", got)
	}

	keeper.in, keeper.hold = make(chan struct{}, 2), make(chan struct{})
	done := make(chan int, 2)
	for range 2 {
		go func() { done <- send(s.as(geo.RolePlanner), "/api/areas/A01/files") }()
	}
	<-keeper.in
	<-keeper.in
	if got := send(s.as(geo.RolePlanner), "/api/areas/A01/files"); got != http.StatusTooManyRequests {
		t.Errorf("a third at once: %d", got)
	}
	close(keeper.hold)
	for range 2 {
		if got := <-done; got != http.StatusCreated {
			t.Errorf("one of the two: %d", got)
		}
	}
}
