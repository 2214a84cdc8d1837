// A yamux peer for Culvert's interoperability tests, on two Go libraries; see the README beside.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
)

// stream is what both libraries have in common.
type stream interface {
	io.ReadWriteCloser
	CloseWrite() error
	Reset() error
}

type session interface {
	open() (stream, error)
	accept() (stream, error)
	ping() error
	goAway(code uint32) error
}

func dial(address, authority string) (net.Conn, error) {
	if authority == "" {
		return net.Dial("tcp", address)
	}
	certificate, err := os.ReadFile(authority)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	return tls.Dial("tcp", address, &tls.Config{RootCAs: roots, ServerName: "localhost"})
}

func connect(library, role, address, authority string) (session, error) {
	connection, err := dial(address, authority)
	if err != nil {
		return nil, err
	}
	if library == "hashicorp" {
		return newHashicorp(connection, role == "client")
	}
	return newLibp2p(connection, role == "client")
}

// lines are those of the standard input; the program ends with them, whatever it is doing.
func lines() <-chan string {
	lines := make(chan string, 16)
	go func() {
		for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
			lines <- scanner.Text()
		}
		os.Exit(0)
	}()
	return lines
}

func main() {
	arguments := append(os.Args[1:], "") // the authority is optional
	s, err := connect(arguments[0], arguments[1], arguments[2], arguments[3])
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	p := peer{session: s, acceptor: &acceptor{kind: echo}}
	go p.acceptor.run(s)
	fmt.Println("ready")
	for line := range lines() {
		answer, err := p.do(line)
		if err != nil {
			answer = "error " + err.Error()
		}
		fmt.Println(answer)
	}
}
