// A webhook receiver: go run receiver.go PORT, with the endpoint's secret in WEBHOOK_SECRET.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))
	if err != nil {
		log.Fatal("WEBHOOK_SECRET: ", err)
	}
	var seen sync.Map // yours belongs into your database, in the transaction of what you do with the event
	receive := func(response http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodOptions { // asked once where endpoints are verified: yes, send us events
			response.Header().Set("WebHook-Allowed-Origin", "*")
			response.WriteHeader(http.StatusNoContent)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, 1<<21)) // no event is so long
		id, sentAt := request.Header.Get("webhook-id"), request.Header.Get("webhook-timestamp")
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", id, sentAt, body)
		due, isSigned := []byte("v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))), false
		for _, one := range strings.Fields(request.Header.Get("webhook-signature")) {
			isSigned = isSigned || hmac.Equal(due, []byte(one))
		}
		seconds, wrong := strconv.ParseInt(sentAt, 10, 64)
		if age := time.Now().Unix() - seconds; err != nil || wrong != nil || !isSigned || age > 300 || age < -300 {
			response.WriteHeader(http.StatusUnauthorized)
			return
		}
		var event struct{ Type, Subject string }
		if json.Unmarshal(body, &event) != nil {
			response.WriteHeader(http.StatusBadRequest)
			return
		}
		if _, again := seen.LoadOrStore(id, true); !again { // the same event may come again, under the same id
			fmt.Println(event.Type, event.Subject)
		}
		response.WriteHeader(http.StatusNoContent)
	}
	server := http.Server{Addr: "127.0.0.1:" + os.Args[1], Handler: http.HandlerFunc(receive), ReadTimeout: 15 * time.Second}
	log.Fatal(server.ListenAndServe())
}
