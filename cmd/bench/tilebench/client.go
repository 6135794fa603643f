package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"tengdi/tiles"
)

// answered is a tile as a client got it.
type answered struct {
	body []byte // as it came, compressed or not
	took time.Duration
	zip  bool
	raw  int           // bytes unzipped, as the server says; 0 when it does not
	work time.Duration // from the request to the finished bytes, as the server says; 0 when it does not
}

// plain is the tile itself.
func (a answered) plain() ([]byte, error) {
	if !a.zip {
		return a.body, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// transport keeps a connection for each of many clients and leaves compression to us.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32}}
}

// fetch asks for a tile and reads all of it.
func fetch(ctx context.Context, c *http.Client, url string) (answered, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answered{}, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	begun := time.Now()
	resp, err := c.Do(req)
	if err != nil {
		return answered{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	took := time.Since(begun)
	if err != nil {
		return answered{}, err
	}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusNoContent, http.StatusNotFound: // pg_tileserv and others say 404 for nothing
	default:
		return answered{}, fmt.Errorf("%s: %s: %.300s", url, resp.Status, body)
	}
	out := answered{body: body, took: took, zip: resp.Header.Get("Content-Encoding") == "gzip"}
	if resp.StatusCode != http.StatusOK {
		out.body, out.zip = nil, false
	}
	if said := resp.Header.Get(rawSize); said != "" {
		if out.raw, err = strconv.Atoi(said); err != nil {
			return answered{}, err
		}
	}
	if said := resp.Header.Get(workTime); said != "" {
		nanoseconds, err := strconv.ParseInt(said, 10, 64)
		if err != nil {
			return answered{}, err
		}
		out.work = time.Duration(nanoseconds)
	}
	return out, nil
}

// expand puts a tile into a template such as http://host/{z}/{x}/{y}.pbf.
func expand(template string, id tiles.ID) string {
	return strings.NewReplacer(
		"{z}", strconv.FormatUint(uint64(id.Z), 10),
		"{x}", strconv.FormatUint(uint64(id.X), 10),
		"{y}", strconv.FormatUint(uint64(id.Y), 10),
	).Replace(template)
}
