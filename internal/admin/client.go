package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// Client commands a running instance.
type Client struct {
	http  *http.Client
	token string // "": none is sent
}

// Dial makes a client for the Unix socket at path. It opens nothing yet.
func Dial(path string) *Client { return dial("unix", path, "") }

// DialTCP makes a client for the operator's address, as it is configured. It
// opens nothing yet.
func DialTCP(address, token string) *Client { return dial("tcp", reachable(address), token) }

func dial(network, address, token string) *Client {
	return &Client{token: token, http: &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}}}
}

// reachable is where to call what listens on every interface.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	switch ip := net.ParseIP(host); {
	case err != nil:
		return address
	case host == "", ip != nil && ip.IsUnspecified() && ip.To4() != nil:
		return net.JoinHostPort("127.0.0.1", port)
	case ip != nil && ip.IsUnspecified():
		return net.JoinHostPort("::1", port)
	}
	return address
}

// Reload makes the instance read its configuration again.
func (c *Client) Reload(ctx context.Context) error {
	return c.post(ctx, "/reload", nil, nil)
}

// Mint makes a token. What the instance refuses comes back as *Fault.
func (c *Client) Mint(ctx context.Context, asked MintRequest) (MintAnswer, error) {
	var made MintAnswer
	err := c.post(ctx, "/v1/tokens", asked, &made)
	return made, err
}

func (c *Client) post(ctx context.Context, path string, send, into any) error {
	return c.do(ctx, "POST", path, send, into)
}

func (c *Client) do(ctx context.Context, method, path string, send, into any) error {
	body, err := json.Marshal(send)
	if err != nil {
		return fmt.Errorf("encode the command: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://candor"+path, bytes.NewReader(body)) //nolint:gosec // whom it goes to is how it was dialled, whatever the path
	if err != nil {
		return fmt.Errorf("make the command: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req) //nolint:gosec // as above
	if err != nil {
		return fmt.Errorf("reach the running instance: %w", err)
	}
	defer resp.Body.Close()
	return decode(resp, into)
}

func decode(resp *http.Response, into any) error {
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the instance's answer: %w", err)
	}
	if resp.StatusCode >= 300 {
		f := &Fault{}
		if json.Unmarshal(b, f) != nil || f.Message == "" {
			return errors.New("the running instance answered " + resp.Status)
		}
		return f
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("read the instance's answer: %w", err)
	}
	return nil
}
