package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gait/serve"
	"gait/store"
)

// tokenCmd is about tokens of the API.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token and print it. It is shown this once."`
	List   tokenListCmd   `cmd:"" help:"List tokens: who may look, until when, and when they did last."`
	Revoke tokenRevokeCmd `cmd:"" help:"Take a token back. It is refused within seconds."`
}

// tokenCreateCmd makes a token.
type tokenCreateCmd struct {
	dbFlags
	Role    string   `enum:"viewer,operator" default:"viewer" help:"viewer sees values and timing; operator also raw recordings, and may retry."`
	Expires longTime `placeholder:"TIME" default:"90d" help:"How long it lasts; 0s is for ever."`
	Name    string   `arg:"" help:"Of the token, such as dashboard."`
}

// Run makes the token and prints it alone, for scripts.
func (t *tokenCreateCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, store.Options{}, func(db store.Store) error {
		secret, err := serve.AddToken(ctx, db, t.Name, t.Role, time.Duration(t.Expires))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.out, secret)
		return err
	})
}

// tokenListCmd lists tokens.
type tokenListCmd struct{ dbFlags }

// Run lists those of the API; those of browsers come and go by themselves.
func (t *tokenListCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, store.Options{ReadOnly: true}, func(db store.Store) error {
		list, err := db.Tokens(ctx)
		if err != nil {
			return err
		}
		g := &grid{head: []string{"NAME", "ROLE", "CREATED", "EXPIRES", "LAST USED"}}
		for _, x := range list {
			if x.Use == store.UseAPI {
				expires := "never"
				if !x.Expires.IsZero() {
					expires = moment(&x.Expires)
				}
				g.add(x.Name, x.Role, moment(&x.Created), expires, moment(&x.LastUsed))
			}
		}
		if len(g.rows) == 0 {
			fmt.Fprintln(c.err, "none; gait token create NAME makes one")
			return nil
		}
		return g.print(c)
	})
}

// tokenRevokeCmd takes a token back.
type tokenRevokeCmd struct {
	dbFlags
	Name string `arg:"" help:"Of the token."`
}

// Run takes it back.
func (t *tokenRevokeCmd) Run(ctx context.Context, _ *console) error {
	return t.with(ctx, store.Options{}, func(db store.Store) error {
		err := db.RevokeToken(ctx, t.Name)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no token %s", t.Name)
		}
		return err
	})
}

// loginCmd prints a link that lets a browser in.
type loginCmd struct {
	dbFlags
	Role string `enum:"viewer,operator" default:"operator" help:"What the browser may do: viewer or operator."`
	Base string `conf:"" name:"public-url" placeholder:"URL" help:"Under which the page is reached; by itself where gait run on the data folder listens."`
}

// Help says what the link is.
func (*loginCmd) Help() string {
	return `The link works once, within ten minutes. Anybody who has it is let in: do not send it where others read along.`
}

// Run prints the link.
func (l *loginCmd) Run(ctx context.Context, c *console) error {
	base := l.Base
	if base == "" {
		r, err := readRunFile(l.Data)
		if err != nil {
			return fmt.Errorf("no gait runs on %s: start gait run, or say where it is reached with --public-url", l.Data)
		}
		base = r.URL
	}
	return l.with(ctx, store.Options{}, func(db store.Store) error {
		link, err := serve.LoginLink(ctx, db, base, l.Role)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.out, link)
		return err
	})
}
