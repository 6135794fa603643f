package local

import (
	"net/url"
	"path/filepath"
	"testing"
)

func TestAttach(t *testing.T) {
	dir := folder(t)
	if _, ok := Attach(dir); ok {
		t.Error("attached to an empty folder")
	}
	c := begin(t, Options{Dir: dir, Fast: true})
	urlOf, ok := Attach(dir)
	if !ok || urlOf("tengdi") != c.URL("tengdi") {
		t.Fatalf("attached %v, to another address than %s", ok, c.URL("tengdi"))
	}
	stop(t, c)
	if _, ok := Attach(dir); ok {
		t.Error("attached to a stopped cluster")
	}
}

func TestSocketURL(t *testing.T) {
	dir := "/数据 a+b/it's?&#%"
	u, err := url.Parse(socketURL(dir, "x y"))
	if err != nil {
		t.Fatal(err)
	}
	// libpq decodes percent signs only; a plus sign must not stand for a space.
	host, err := url.PathUnescape(u.RawQuery[len("host=") : len(u.RawQuery)-len("&port=5432&sslmode=disable")])
	if err != nil || host != dir || u.Query().Get("host") != dir || u.Path != "/x y" {
		t.Errorf("%s: host %q, %v", filepath.Base(u.String()), host, err)
	}
}
