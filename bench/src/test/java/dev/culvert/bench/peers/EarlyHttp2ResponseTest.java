package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.LeakCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A service that answers a request before its body has come. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class EarlyHttp2ResponseTest {
  /** Many times the window that a visitor gives at first. */
  private static final int BYTES = 1 << 20;

  private static void answerAtOnce(ServerSocket service) {
    try (Socket socket = service.accept()) {
      socket.getInputStream().read();
      OutputStream out = socket.getOutputStream();
      out.write(
          ("HTTP/1.1 413 Too large\r\nContent-Length: " + BYTES + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[BYTES]);
      out.flush();
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The visitor misses something then.
    }
  }

  @Test
  void responseArrivesWholeAndThenTheRestOfTheRequestIsRefused(@TempDir Path home)
      throws Exception {
    try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ReverseProxy culvert = ReverseProxy.culvertHttps(home, service.getLocalPort())) {
      Thread.ofVirtual().start(() -> answerAtOnce(service));
      InetSocketAddress address = culvert.address();
      String host = address.getAddress().getHostAddress();
      try (RawHttp2 visitor = RawHttp2.open(address, host)) {
        String[] request = RawHttp2.get(host + ":" + address.getPort(), "/");
        request[0] = ":method=POST";
        visitor.head(1, RawHttp2.END_HEADERS, request);
        visitor.data(1, 0, "the beginning");
        visitor.flush();

        long received = 0;
        RawHttp2.Frame frame = visitor.read();
        while (frame != null && frame.type() != RawHttp2.RST_STREAM) {
          if (frame.type() == RawHttp2.DATA && frame.payload().isReadable()) {
            int bytes = frame.payload().readableBytes();
            received += bytes;
            visitor.number(RawHttp2.WINDOW_UPDATE, 0, bytes);
            visitor.number(RawHttp2.WINDOW_UPDATE, 1, bytes);
            visitor.flush();
          }
          frame = visitor.read();
        }
        assertThat(received).isEqualTo(BYTES);
        assertThat(frame).isNotNull();
        assertThat(frame.payload().getInt(0)).as("NO_ERROR").isZero();
      }
    }
  }
}
