// Reads credentials with OpenBao's own client library, as `bao read` does: prints them as JSON, or fails with the
// library's message. Arguments: path [key=value...]; with values it writes instead.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/openbao/openbao/api/v2"
)

func main() {
	client, err := api.NewClient(api.DefaultConfig())
	exitOn(err)
	self, err := client.Auth().Token().LookupSelf()
	exitOn(err)
	mounted, err := client.Logical().Read("sys/internal/ui/mounts/" + os.Args[1])
	exitOn(err)
	var secret *api.Secret
	if len(os.Args) == 2 {
		secret, err = client.Logical().Read(os.Args[1])
	} else {
		values := map[string]interface{}{}
		for _, pair := range os.Args[2:] {
			name, value, _ := strings.Cut(pair, "=")
			values[name] = value
		}
		secret, err = client.Logical().Write(os.Args[1], values)
	}
	exitOn(err)
	ttl, err := self.TokenTTL()
	exitOn(err)
	exitOn(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"data": secret.Data, "warnings": secret.Warnings, "lease": secret.LeaseDuration,
		"mount": mounted.Data["path"], "token_ttl": ttl.Seconds()}))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
