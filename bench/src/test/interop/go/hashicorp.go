package main

import (
	"errors"
	"io"
	"net"

	"github.com/hashicorp/yamux"
)

type hashicorp struct{ *yamux.Session }

type hashicorpStream struct{ *yamux.Stream }

func newHashicorp(connection net.Conn, isClient bool) (session, error) {
	config := yamux.DefaultConfig()
	config.LogOutput = io.Discard
	config.AcceptBacklog = 256
	start := yamux.Server
	if isClient {
		start = yamux.Client
	}
	s, err := start(connection, config)
	return hashicorp{s}, err
}

func (s hashicorp) open() (stream, error) {
	opened, err := s.OpenStream()
	return hashicorpStream{opened}, err
}

func (s hashicorp) accept() (stream, error) {
	accepted, err := s.AcceptStream()
	return hashicorpStream{accepted}, err
}

func (s hashicorp) ping() error { _, err := s.Ping(); return err }

func (s hashicorp) goAway(code uint32) error {
	if code != 0 {
		return errors.New("this library goes away with code 0 alone")
	}
	return s.GoAway()
}

// CloseWrite is what this library calls Close: reading goes on to the peer's end.
func (s hashicorpStream) CloseWrite() error { return s.Close() }

func (s hashicorpStream) Reset() error {
	return errors.New("this library resets no streams")
}
