// net/http and golang-jwt v4 behind GET /me.
//
// It listens on a free loopback port and prints "listening PORT". The environment says the rest:
//
//	JWT_SECRET_KEY  the key, "your-256-bit-secret" if unset
//	ALGORITHMS      the valid methods, comma-separated; not pinned if empty
//	LEEWAY          seconds; v4 has none, so it takes claims that are Valid by another clock
//	AUDIENCE        whom a token must be for
//	FAULT           signature-ignored or expiry-ignored
//	CLOCK_OFFSET    seconds; no preloaded library reaches a static program
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt" // v4, without modules
)

var (
	leeway = seconds("LEEWAY")
	offset = seconds("CLOCK_OFFSET")
	fault  = os.Getenv("FAULT")
)

// Claims are valid within a leeway.
type Claims struct{ jwt.RegisteredClaims }

// Valid is what the parser calls.
func (c Claims) Valid() error {
	now := jwt.TimeFunc()
	switch {
	case !c.VerifyExpiresAt(now.Add(-leeway), false):
		return jwt.ErrTokenExpired
	case !c.VerifyNotBefore(now.Add(leeway), false):
		return jwt.ErrTokenNotValidYet
	case !c.VerifyIssuedAt(now.Add(leeway), false):
		return jwt.ErrTokenUsedBeforeIssued
	case !c.VerifyIssuer("RemoteHive", true):
		return jwt.ErrTokenInvalidIssuer
	case !c.VerifyAudience(os.Getenv("AUDIENCE"), true):
		return jwt.ErrTokenInvalidAudience
	}
	return nil
}

func parse(raw string) (*Claims, error) {
	claims := &Claims{}
	if fault == "signature-ignored" {
		_, _, err := jwt.NewParser().ParseUnverified(raw, claims)
		return claims, err
	}
	var options []jwt.ParserOption
	if names := os.Getenv("ALGORITHMS"); names != "" {
		options = append(options, jwt.WithValidMethods(strings.Split(names, ",")))
	}
	if fault == "expiry-ignored" {
		options = append(options, jwt.WithoutClaimsValidation())
	}
	_, err := jwt.ParseWithClaims(raw, claims, key, options...)
	return claims, err
}

func key(token *jwt.Token) (interface{}, error) {
	if _, ok := token.Method.(*jwt.SigningMethodHMAC); !ok {
		return nil, fmt.Errorf("unexpected signing method: %v", token.Header["alg"])
	}
	if key := os.Getenv("JWT_SECRET_KEY"); key != "" {
		return []byte(key), nil
	}
	return []byte("your-256-bit-secret"), nil
}

func me(w http.ResponseWriter, r *http.Request) {
	// The clock of the whole machine is off, and so is what the server says of it.
	w.Header().Set("Date", jwt.TimeFunc().UTC().Format(http.TimeFormat))
	header := r.Header.Get("Authorization")
	raw := strings.TrimPrefix(header, "Bearer ")
	claims, err := &Claims{}, errors.New("missing bearer token")
	if raw != header {
		claims, err = parse(raw)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	json.NewEncoder(w).Encode(map[string]string{"sub": claims.Subject})
}

func seconds(name string) time.Duration {
	count, _ := strconv.Atoi(os.Getenv(name))
	return time.Duration(count) * time.Second
}

func main() {
	jwt.TimeFunc = func() time.Time { return time.Now().Add(offset) }
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/me", me)
	fmt.Println("listening", listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
