package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

// DeviceStore remembers which browsers have signed in to which logins.
type DeviceStore interface {
	KnowsDevice(ctx context.Context, login string, hash []byte) (bool, error)
	RememberDevice(ctx context.Context, login string, hash []byte) error
}

// deviceTime is how long a browser stays known after a sign-in.
const deviceTime = 365 * 24 * time.Hour

// deviceCookie is the name of the cookie that names a browser. It opens nothing:
// who has it gets tries at the password that others cannot use up.
func (s *Server) deviceCookie() string {
	if s.cfg.Secure {
		return "__Host-tengdi-device"
	}
	return "tengdi-device"
}

// deviceToken reads the cookie; "" when there is none that could be ours.
func (s *Server) deviceToken(r *http.Request) string {
	c, err := r.Cookie(s.deviceCookie())
	if err != nil || len(c.Value) != 2*deviceBytes {
		return ""
	}
	return c.Value
}

const deviceBytes = 32

// deviceHash names a browser to one login: what is stored tells neither the
// cookie nor that two logins share a browser.
func deviceHash(login, token string) []byte {
	h := sha256.Sum256([]byte(login + "\x00" + token))
	return h[:]
}

// knownDevice names the caller's browser when it has signed in to the login
// before; "" when not.
func (s *Server) knownDevice(r *http.Request, login string) (string, error) {
	token := s.deviceToken(r)
	if token == "" {
		return "", nil
	}
	hash := deviceHash(login, token)
	known, err := s.cfg.Store.KnowsDevice(r.Context(), login, hash)
	if err != nil || !known {
		return "", err
	}
	return hex.EncodeToString(hash), nil
}

// rememberDevice notes that the login was signed in to from this browser.
func (s *Server) rememberDevice(w http.ResponseWriter, r *http.Request, login string) error {
	token := s.deviceToken(r)
	if token == "" {
		var b [deviceBytes]byte
		_, _ = rand.Read(b[:]) // never fails since Go 1.24
		token = hex.EncodeToString(b[:])
	}
	if err := s.cfg.Store.RememberDevice(r.Context(), login, deviceHash(login, token)); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.deviceCookie(), Value: token, Path: "/", MaxAge: int(deviceTime / time.Second),
		HttpOnly: true, Secure: s.cfg.Secure, SameSite: http.SameSiteLaxMode,
	})
	return nil
}
