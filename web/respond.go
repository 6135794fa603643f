package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"tengdi/geo"
)

// handler answers a request or returns an error; handle writes the error.
type handler func(w http.ResponseWriter, r *http.Request) error

// handle is the adapter between handlers that return errors and net/http.
func (s *Server) handle(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.writeProblem(w, r, err)
		}
	}
}

// compressFrom is the size in bytes from which a JSON answer is worth gzipping.
const compressFrom = 1400

// jsonType is the content type of plain JSON.
const jsonType = "application/json; charset=utf-8"

// answer is a finished body with its validator.
type answer struct {
	contentType string
	body        []byte
	etag        string // "" = none; strong unless it starts with W/
}

// entityTag makes a strong ETag of the parts. The audience is always one of
// them: the same bytes for two audiences are two representations.
func entityTag(aud geo.Audience, parts ...[]byte) string {
	h := sha256.New()
	h.Write([]byte(aud))
	for _, p := range parts {
		h.Write([]byte{0})
		h.Write(p)
	}
	return `"` + hex.EncodeToString(h.Sum(nil)[:12]) + `"`
}

// send writes an answer: 304 when the caller has it already, gzip when the
// caller takes it and it is worth it. Cache-Control and Vary follow the
// caller's audience unless the handler has set them.
func send(w http.ResponseWriter, r *http.Request, a answer) error {
	h := w.Header()
	cachePolicy(h, callerOf(r.Context()).audience)
	zip := len(a.body) >= compressFrom
	if zip {
		h.Add("Vary", "Accept-Encoding")
		zip = acceptsEncoding(r, "gzip")
	}
	etag := a.etag
	if zip {
		etag = gzipTag(etag)
	}
	if etag != "" {
		h.Set("ETag", etag)
		if matchesTag(r.Header.Get("If-None-Match"), a.etag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h.Set("Content-Type", a.contentType)
	body := a.body
	if zip {
		var err error
		if body, err = gzipped(body); err != nil {
			return err
		}
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	// The status is out: a failure from here on is the caller's connection.
	_, _ = w.Write(body)
	return nil
}

// cachePolicy says who may keep an answer. The public one may be kept but is
// asked again each time, which costs a 304; a staff answer is kept by nobody.
func cachePolicy(h http.Header, aud geo.Audience) {
	switch {
	case h.Get("Cache-Control") != "":
	case aud == geo.Staff:
		h.Set("Cache-Control", "private, no-store")
	default:
		h.Set("Cache-Control", "no-cache")
	}
}

// sendJSON writes v with a strong ETag of its bytes.
func sendJSON(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	return send(w, r, answer{jsonType, body, entityTag(callerOf(r.Context()).audience, body)})
}

func gzipped(body []byte) ([]byte, error) {
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, 5)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	if _, err := zw.Write(body); err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	if err := zw.Close(); err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return buf.Bytes(), nil
}

// gzipTag is the tag of the gzipped form: RFC 9110, 8.8.3 wants a strong tag
// for each encoding of its own. A weak tag stands for all of them.
func gzipTag(etag string) string {
	if etag == "" || strings.HasPrefix(etag, "W/") {
		return etag
	}
	return strings.TrimSuffix(etag, `"`) + `-gz"`
}

// matchesTag says whether an If-None-Match header names the tag in either
// encoding, by weak comparison (RFC 9110, 13.1.2).
func matchesTag(header, etag string) bool {
	if header == "" || etag == "" {
		return false
	}
	bare := strings.TrimPrefix(etag, "W/")
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == "*" || part == bare || part == gzipTag(bare) {
			return true
		}
	}
	return false
}

// acceptsEncoding says whether the caller takes a content coding: it is named,
// or * is, and its weight is not zero.
func acceptsEncoding(r *http.Request, coding string) bool {
	star := false
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		switch name, q := codingWeight(part); {
		case strings.EqualFold(name, coding):
			return q > 0
		case name == "*":
			star = q > 0
		}
	}
	return star
}
