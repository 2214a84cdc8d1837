package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One side sends and the other takes nothing: what is on the way stays within what the kernel holds
 * and a few windows. That time has passed is told by requests of others, which are served
 * meanwhile.
 */
final class BackPressureTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final int SENT_MEBIBYTES = 96;

  /** Far more than the kernel's buffers and ours, far less than what is sent. */
  private static final long ON_THE_WAY_BYTES = 24L * MEBIBYTE;

  private static final int OTHERS = 300;

  @TempDir private Path state;
  private EdgeGround ground;
  private TestVisitor visitor;

  @BeforeEach
  void open() throws Exception {
    ground = EdgeGround.openOnTwoLoops(state);
    visitor = ground.visit();
  }

  @AfterEach
  void close() throws Exception {
    visitor.cut();
    ground.close();
  }

  private void serveOthers() throws Exception {
    for (int i = 0; i < OTHERS; i++) {
      try (TestVisitor other = ground.visit()) {
        other.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
        ServiceConnection service = ground.serve();
        service.readHead();
        service.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        other.readHead();
      }
    }
  }

  @Test
  void slowVisitorHoldsTheServiceBackAndFreesItWhenItLeaves() throws Exception {
    visitor.get("/");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    service.sendChunks(SENT_MEBIBYTES, MEBIBYTE);
    visitor.readHead();

    serveOthers();

    assertThat(service.unsentBytes())
        .isGreaterThan((long) SENT_MEBIBYTES * MEBIBYTE - ON_THE_WAY_BYTES);
    visitor.cut();
    assertThat(service.awaitFinish()).isFalse();
  }

  @Test
  void slowServiceHoldsTheVisitorBack() throws Exception {
    visitor.send("PUT / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 999999999\r\n\r\n");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.stopReading();
    AtomicLong sent = new AtomicLong();
    Thread sender = Thread.ofVirtual().start(() -> upload(sent));

    serveOthers();

    assertThat(sent.get()).isLessThan(ON_THE_WAY_BYTES);
    assertThat(sender.isAlive()).isTrue();
  }

  private void upload(AtomicLong sent) {
    byte[] chunk = new byte[MEBIBYTE];
    try {
      for (int i = 0; i < SENT_MEBIBYTES; i++) {
        visitor.socket().getOutputStream().write(chunk);
        sent.addAndGet(chunk.length);
      }
    } catch (IOException e) {
      // The test is over.
    }
  }
}
