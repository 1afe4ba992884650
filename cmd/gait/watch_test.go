package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFollowerGoesOnAfterTheLastEvent(t *testing.T) {
	asked := []string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Last-Event-ID")+" "+r.Header.Get("Authorization"))
		switch len(asked) {
		case 1:
			fmt.Fprint(w, ": hello\nretry: 100\n\nid: s-1\nevent: snapshot\ndata: {}\n\nid: s-2\nevent: session\ndata: {\"a\":\ndata: 1}\n\nid: s-3\nevent: ses")
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 3:
			fmt.Fprint(w, "id: s-3\nevent: session\ndata: {}\n\n")
		default:
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"status":403,"title":"Forbidden","detail":"no"}`)
		}
	}))
	defer server.Close()
	var got []string
	lost := 0
	f := &follower{api: &client{base: server.URL, token: "t", http: server.Client()}, path: "/events", lost: func(error) { lost++ },
		take: func(_ context.Context, e liveEvent) error {
			got = append(got, e.id+" "+e.typ+" "+string(e.data))
			return nil
		}}
	err := f.run(t.Context())
	var refused *problem
	if !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
		t.Fatal(err)
	}
	if s := strings.Join(got, ","); s != `s-1 snapshot {},s-2 session {"a":1},s-3 session {}` {
		t.Errorf("%s", s)
	}
	if s := strings.Join(asked, ","); s != " Bearer t,s-2 Bearer t,s-2 Bearer t,s-3 Bearer t" || lost != 1 {
		t.Errorf("%s, lost %d times", s, lost)
	}
}

func TestFollowerEndsWithItsOutput(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "id: s-1\nevent: session\ndata: {}\n\n")
	}))
	defer server.Close()
	full := errors.New("full")
	f := &follower{api: &client{base: server.URL, http: server.Client()}, path: "/events", lost: func(error) {},
		take: func(context.Context, liveEvent) error { return full }}
	if err := f.run(t.Context()); err != full {
		t.Error(err)
	}
}

func TestRequestsInsideTheProcess(t *testing.T) {
	c := &client{base: "http://127.0.0.1", token: "t", http: &http.Client{Transport: handled{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/good":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"value":%q}`, r.Host+r.Header.Get("Authorization"))
		case "/api/v1/broken":
			fmt.Fprint(w, "{")
			panic(http.ErrAbortHandler)
		default:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"status":404,"title":"Not Found","detail":"not in the store"}`)
		}
	})}}}
	var x struct{ Value string }
	if err := c.get(t.Context(), "/good", nil, &x); err != nil || x.Value != "127.0.0.1Bearer t" {
		t.Errorf("%+v %v", x, err)
	}
	if err := c.get(t.Context(), "/broken", nil, &x); err == nil {
		t.Error("half an answer was taken")
	}
	if err := c.get(t.Context(), "/other", nil, &x); err == nil || err.Error() != "Not Found: not in the store" {
		t.Error(err)
	}
}
