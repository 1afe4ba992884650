package output

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gait"
	"gait/serve"
)

// webhook posts each session with its observations to a web address, one after
// the other.
type webhook struct {
	target  string
	secret  []byte
	client  *http.Client
	now     func() time.Time
	refusal string // id of the item that was refused last
	times   int    // how often
}

const (
	postWithin = 15 * time.Second
	maxReply   = 4 << 10
	// maxRefusals is how often an item is tried that the receiver refuses.
	maxRefusals = 5
)

func newWebhook(s Spec) *webhook {
	return &webhook{target: s.Target, secret: s.Secret, now: time.Now, client: &http.Client{
		Timeout: postWithin,
		// A redirect would carry what was seen to somebody who was not asked for.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// retryAfter is a failure that passes, with how long the receiver asks to wait.
type retryAfter struct {
	status int
	wait   time.Duration
}

// Error tells the status.
func (r *retryAfter) Error() string {
	return "the receiver answers " + strconv.Itoa(r.status) + " " + http.StatusText(r.status)
}

func (h *webhook) put(ctx context.Context, x *item) error {
	body, err := h.body(x)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.target, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address of the webhook cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "gait/"+gait.Version)
	req.Header.Set("Gait-Event", x.id)
	if len(h.secret) > 0 {
		req.Header.Set("Gait-Signature", Sign(h.secret, h.now(), body))
	}
	resp, err := h.client.Do(req)
	if err != nil {
		var inside *url.Error // it holds the whole address, which may hold a secret
		if errors.As(err, &inside) {
			err = inside.Err
		}
		return fmt.Errorf("post to the webhook: %w", err)
	}
	defer resp.Body.Close()
	// What the receiver says is read so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxReply))
	return h.judge(x.id, resp)
}

// wait reads how long the receiver asks to wait: seconds, or a time.
func (h *webhook) wait(text string) time.Duration {
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(max(0, min(n, int(longPause/time.Second)))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, min(at.Sub(h.now()), longPause))
	}
	return 0
}

// judge says what an answer means.
func (h *webhook) judge(id string, resp *http.Response) error {
	status := resp.StatusCode
	if status >= 200 && status < 300 {
		return nil
	}
	passing := &retryAfter{status: status, wait: h.wait(resp.Header.Get("Retry-After"))}
	if status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests {
		return passing
	}
	// Whoever is not let in, or is sent elsewhere, has the wrong address: all
	// would be refused, so that it is worth waiting for somebody to mend it.
	if status < 400 || status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
		return passing
	}
	if h.refusal != id {
		h.refusal, h.times = id, 0
	}
	if h.times++; h.times >= maxRefusals {
		return fmt.Errorf("%w with %d", errRefused, status)
	}
	return passing
}

func (h *webhook) flush(context.Context) error { return nil }

func (h *webhook) close() error {
	h.client.CloseIdleConnections()
	return nil
}

// body writes a session as it is sent: {v, type, id, ts, payload}, the payload
// being the session and its observations.
func (h *webhook) body(x *item) ([]byte, error) {
	session, err := serve.SessionJSON(&x.session)
	if err != nil {
		return nil, fmt.Errorf("write a session as JSON: %w", err)
	}
	id, err := json.Marshal(x.id)
	if err != nil {
		return nil, fmt.Errorf("write an id as JSON: %w", err)
	}
	b := append([]byte(`{"v":1,"type":"session","id":`), id...)
	b = gait.AppendSeconds(append(b, `,"ts":`...), time.Duration(x.time.UnixNano()))
	b = strconv.AppendBool(append(b, `,"payload":{"backfill":`...), x.backfill)
	b = append(append(b, `,"session":`...), session...)
	b = append(b, `,"observations":[`...)
	for i := range x.observed {
		if i > 0 {
			b = append(b, ',')
		}
		b = x.observed[i].AppendJSON(b, false)
	}
	return append(b, "]}}"...), nil
}

// Sign gives the signature of a body: t=TIME,v1=HEX, where HEX is the
// HMAC-SHA256, under the secret, of the time in seconds since 1970, a dot and
// the body. A receiver computes the same, and refuses times that are minutes
// off.
func Sign(secret []byte, at time.Time, body []byte) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
