package beside

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/yamux"
)

// BenchmarkEcho64 is what the module's own benchmarks lack: 64 bytes there and back on an open stream.
func BenchmarkEcho64(b *testing.B) {
	client, server := sessions(b)
	go func() {
		stream, err := server.AcceptStream()
		if err == nil {
			_, _ = io.Copy(stream, stream)
		}
	}()
	stream, err := client.OpenStream()
	if err != nil {
		b.Fatal(err)
	}
	message := make([]byte, 64)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if _, err := stream.Write(message); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(stream, message); err != nil {
			b.Fatal(err)
		}
	}
}

// Two ends of a session over TLS on loopback.
func sessions(b *testing.B) (*yamux.Session, *yamux.Session) {
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate(b)}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = listener.Close() })
	accepted := make(chan net.Conn, 1)
	go func() {
		connection, err := listener.Accept()
		if err == nil {
			accepted <- connection
		}
	}()
	dialled, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	client, err := yamux.Client(tls.Client(dialled, &tls.Config{InsecureSkipVerify: true}), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = client.Close() })
	server, err := yamux.Server(<-accepted, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Close() })
	return client, server
}

func certificate(b *testing.B) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		b.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
