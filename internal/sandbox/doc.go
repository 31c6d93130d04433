// Package sandbox is the whole of Candor on one laptop: the gateway in the linkedin profile, a LinkedIn-like API behind it on a
// loopback upstream of its own, people, apps, tokens in every state, and faults on demand. It needs no configuration:
// what it runs is sandbox.yaml beside this file, which also shows how such a gateway is configured.
package sandbox
