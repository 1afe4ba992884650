// Command openapi prints the description of the API, as docs/openapi.json has
// it. The types of the page are made from it.
package main

import (
	"fmt"
	"os"

	"gait/serve"
)

func main() {
	s, err := serve.New(serve.Options{})
	if err == nil {
		_, err = os.Stdout.Write(s.OpenAPI())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}
