// The recipe of the webhooks page, as printed there, over deliveries that really arrived.
//
// Reads a JSON object a line, {"body": base64, "signature": "sha256=...", "secret": "..."}, and writes
// true or false for each.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
)

func verifyWebhook(body []byte, sig, secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	expected := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(sig), []byte(expected))
}

func main() {
	lines := json.NewDecoder(os.Stdin)
	for lines.More() {
		var delivery struct {
			Body      []byte `json:"body"`
			Signature string `json:"signature"`
			Secret    string `json:"secret"`
		}
		if err := lines.Decode(&delivery); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(verifyWebhook(delivery.Body, delivery.Signature, delivery.Secret))
	}
}
