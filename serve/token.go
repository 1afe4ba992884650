package serve

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"gait/store"
)

// How long things last that let somebody in.
const (
	linkLasts    = 10 * time.Minute
	sessionLasts = 12 * time.Hour
)

// Secrets begin with these words, so that they are found where they should not
// be, and so that one kind is not taken for another.
const (
	apiPrefix     = "gait_"
	loginPrefix   = "gaitlogin_"
	sessionPrefix = "gaitsession_"
)

// NewSecret gives a new secret of 256 random bits for an API token, in
// letters that need no quoting anywhere.
func NewSecret() string { return newSecret(apiPrefix) }

func newSecret(prefix string) string {
	var b [32]byte
	rand.Read(b[:]) // it never fails
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// Hash gives what is stored of a secret.
func Hash(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }

// maxSecret bounds what is taken for a secret at all, in bytes.
const maxSecret = 256

var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// AddToken makes an API token and gives its secret, which nothing else keeps. A
// lifetime of 0 is for ever.
func AddToken(ctx context.Context, s store.Access, name, role string, lifetime time.Duration) (string, error) {
	if !tokenName.MatchString(name) {
		return "", fmt.Errorf("token name %q: use up to 64 letters, digits and . _ @ -", name)
	}
	if roleOf(role) == nobody {
		return "", fmt.Errorf("role %q: it is %s or %s", role, store.Viewer, store.Operator)
	}
	secret := NewSecret()
	t := store.Token{Name: name, Role: role, Use: store.UseAPI, Hash: Hash(secret), Created: time.Now()}
	if lifetime > 0 {
		t.Expires = t.Created.Add(lifetime)
	}
	if err := s.AddToken(ctx, t); err != nil {
		return "", fmt.Errorf("add token %s: %w", name, err)
	}
	return secret, nil
}

// LoginLink makes a link that lets a browser in once, within ten minutes. The
// token stands behind the #, which browsers do not send: it is in no log. base
// is the address of the page, such as http://127.0.0.1:8080.
func LoginLink(ctx context.Context, s store.Access, base, role string) (string, error) {
	if roleOf(role) == nobody {
		return "", fmt.Errorf("role %q: it is %s or %s", role, store.Viewer, store.Operator)
	}
	secret := newSecret(loginPrefix)
	hash, now := Hash(secret), time.Now()
	t := store.Token{
		Name: "login-" + hex.EncodeToString(hash[:8]), Role: role, Use: store.UseLogin, Hash: hash, Created: now, Expires: now.Add(linkLasts),
	}
	if err := s.AddToken(ctx, t); err != nil {
		return "", fmt.Errorf("add login token: %w", err)
	}
	return strings.TrimSuffix(base, "/") + "/#token=" + secret, nil
}
