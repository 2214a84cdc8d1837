package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseTest {
  private static final InetSocketAddress FREE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @Test
  void closedAppHasNoThreadsConnectionsOrListener() throws Exception {
    SampleApp app = SampleApp.start(FREE);
    try (RawHttp ticking = new RawHttp(app.address());
        RawHttp waiting = new RawHttp(app.address());
        RawHttp downloading = new RawHttp(app.address())) {
      ticking.send("GET /events HTTP/1.1\nHost: a\n\n").readThrough("}\n\n");
      waiting.send("GET /slow?millis=60000 HTTP/1.1\nHost: a\n\n");
      downloading
          .send("GET /download?bytes=1099511627776 HTTP/1.1\nHost: a\n\n")
          .readThrough("\r\n\r\n");
      List<Thread> threads = threadsOfApps();

      app.close();

      assertThat(threads).isNotEmpty().noneMatch(Thread::isAlive);
      assertThat(ended(ticking)).isTrue();
      assertThatThrownBy(() -> new RawHttp(app.address())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void closingTwiceIsClosingOnce() {
    SampleApp app = SampleApp.start(FREE);
    InetSocketAddress address = app.address();

    app.close();
    app.close();

    assertThat(app.address()).isEqualTo(address);
  }

  private static boolean ended(RawHttp connection) {
    try {
      connection.readToEnd();
      return true;
    } catch (IOException reset) {
      return !(reset instanceof SocketTimeoutException);
    }
  }

  private static List<Thread> threadsOfApps() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sample-app"))
        .toList();
  }
}
