package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/**
 * A link that holds one kilobyte each way and takes no more until that is read, so that at any time
 * either side may be unable to say a word: reading never waits for that.
 */
final class NarrowLinkTest {
  private static final int CAPACITY = 1024;
  private static final int MEGABYTE = 1 << 20;

  private final Pair pair = new Pair(SessionConfig.STANDARD);
  private final Direction toServer = new Direction(pair.client, pair.server);
  private final Direction toClient = new Direction(pair.server, pair.client);

  private final class Direction {
    private final Peer from;
    private final Peer to;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private int heldBytes;

    Direction(Peer from, Peer to) {
      this.from = from;
      this.to = to;
    }

    boolean fill() {
      int before = heldBytes;
      while (CAPACITY - heldBytes >= 2 * Frame.HEADER_BYTES && from.session.hasOutput()) {
        ByteBuf batch = Unpooled.buffer();
        int bytes = from.session.pollOutput(batch, CAPACITY - heldBytes, pair.nowNanos);
        if (bytes == 0) {
          break;
        }
        heldBytes += bytes;
        held.add(batch);
      }
      return heldBytes > before;
    }

    boolean readOne() {
      ByteBuf batch = held.poll();
      if (batch == null) {
        return false;
      }
      heldBytes -= batch.readableBytes();
      to.session.receive(batch, pair.nowNanos);
      return true;
    }
  }

  private void run() {
    boolean moved = true;
    while (moved) {
      moved = toServer.fill();
      moved |= toClient.fill();
      moved |= toServer.readOne();
      moved |= toClient.readOne();
    }
  }

  /** A stream on which either side sends a megabyte. */
  private App openBothWays() {
    App app = pair.client.open();
    run();
    App peer = pair.server.accepted.remove();
    app.send(MEGABYTE);
    app.finish();
    peer.send(MEGABYTE);
    peer.finish();
    return app;
  }

  @Test
  void megabyteBothWaysAtOnceArrives() {
    App app = openBothWays();

    run();

    assertThat(app.received).isEqualTo(MEGABYTE);
    assertThat(app.fins).isEqualTo(1);
    assertThat(pair.client.session.openStreams()).isZero();
    assertThat(pair.server.session.openStreams()).isZero();
  }

  @Test
  void manyStreamsAndPingsGetThroughToo() {
    for (int i = 0; i < 20; i++) {
      openBothWays();
      pair.client.session.ping();
      pair.server.session.ping();
    }

    run();

    assertThat(pair.client.session.openStreams()).isZero();
    assertThat(pair.server.session.openStreams()).isZero();
    assertThat(pair.client.events).isNotEmpty();
  }

  @Test
  void sideThatCannotSayAWordReadsAll() {
    App app = openBothWays();
    while (toServer.fill() || toServer.readOne()) {} // nothing is read at the other end

    assertThat(app.sent)
        .isEqualTo(Frame.INITIAL_WINDOW_BYTES); // for want of credit, not of reading
    assertThat(toServer.held).isEmpty();
  }
}
