package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// askFlags say whom a subcommand asks: a running system, else the store.
type askFlags struct {
	dataFlags
	storeFlags
	URL     string `conf:"" placeholder:"URL" group:"data" help:"Ask the gait that runs there, with the token in GAIT_TOKEN. By itself the one that runs on the data folder is asked, else the database itself."`
	TokenCA string `conf:"" name:"url-ca" placeholder:"FILE" group:"data" help:"Certificate authority that its certificate is checked against."`
}

// client asks the API: of a running system, or of one inside this process that
// stands on the store alone.
type client struct {
	base  string
	token string
	http  *http.Client
	live  bool // a running system answers
	close func() error
}

// dial finds whom to ask.
func (a *askFlags) dial(ctx context.Context) (*client, error) {
	none := func() error { return nil }
	transport, err := a.transport()
	if err != nil {
		return nil, err
	}
	if a.URL != "" {
		u, err := url.Parse(a.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, usageError{"--url: write http://HOST:PORT or https://HOST"}
		}
		if u.Scheme == "http" && !loopback(u.Hostname()) && os.Getenv("GAIT_TOKEN") != "" {
			return nil, usageError{"--url: a token is not sent in the clear to another machine: use https"}
		}
		return &client{strings.TrimSuffix(a.URL, "/"), os.Getenv("GAIT_TOKEN"), &http.Client{Transport: transport}, true, none}, nil
	}
	if !a.postgres() {
		r, err := readRunFile(a.Data)
		switch {
		case err == nil && r.answers(ctx, transport):
			return &client{r.URL, r.Token, &http.Client{Transport: transport}, true, none}, nil
		case errors.Is(err, fs.ErrPermission):
			return nil, fmt.Errorf("%w: ask as the user that gait runs as, or with --url and a token", err)
		}
	}
	return a.inside(ctx)
}

// answers says whether the system of a run file is there.
func (r *runFile) answers(ctx context.Context, transport http.RoundTripper) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c := client{base: r.URL, token: r.Token, http: &http.Client{Transport: transport}}
	var v struct{ Version string }
	return c.get(ctx, "/version", nil, &v) == nil
}

// transport gives how a running system is reached. Proxies are for the world
// outside, not for this.
func (a *askFlags) transport() (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	if a.TokenCA == "" {
		return t, nil
	}
	pool, err := authority(a.TokenCA)
	if err != nil {
		return nil, err
	}
	t.TLSClientConfig = pool
	return t, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// problem is an error that the API tells of.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
	} `json:"errors"`
}

// Error says what is wrong and what to do about it.
func (p *problem) Error() string {
	text := join(": ", p.Title, p.Detail)
	for _, e := range p.Errors {
		text += "; " + join(" ", e.Location, e.Message)
	}
	switch p.Status {
	case http.StatusUnauthorized:
		text += " (put a token into GAIT_TOKEN: gait token create NAME)"
	case http.StatusForbidden:
		text += " (that needs a token with the role operator)"
	}
	return text
}

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 256 << 20

// get asks for something.
func (c *client) get(ctx context.Context, path string, query url.Values, to any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, to)
}

// do sends a request and reads the answer.
func (c *client) do(ctx context.Context, method, path string, body, to any) error {
	req, err := c.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask %s: %w", c.base, errors.Unwrap(err))
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("ask %s: %w", c.base, err)
	}
	if res.StatusCode/100 != 2 {
		return newProblem(res.StatusCode, b)
	}
	if to == nil {
		return nil
	}
	return json.Unmarshal(b, to)
}

func newProblem(status int, body []byte) error {
	p := &problem{}
	if json.Unmarshal(body, p) != nil || p.Status == 0 {
		p = &problem{Title: http.StatusText(status)}
	}
	p.Status = status
	return p
}

// request makes a request with its token.
func (c *client) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, r)
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// pages calls f with the items of a list, page after page, until f says that
// it has had enough.
func (c *client) pages(ctx context.Context, path string, query url.Values, f func([]json.RawMessage) (more bool, err error)) error {
	for {
		var page struct {
			Items []json.RawMessage `json:"items"`
			Next  string            `json:"next"`
		}
		if err := c.get(ctx, path, query, &page); err != nil {
			return err
		}
		more, err := f(page.Items)
		if err != nil || !more || page.Next == "" {
			return err
		}
		query.Set("cursor", page.Next)
	}
}
