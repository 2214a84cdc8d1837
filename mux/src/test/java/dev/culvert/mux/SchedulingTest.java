package dev.culvert.mux;

import static dev.culvert.mux.Frames.header;
import static dev.culvert.mux.Frames.poll;
import static dev.culvert.mux.Frames.receive;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who is sent when: nobody waits long, and everybody gets the same. Times are those of a link of
 * 100 Mbit/s with a round trip of 20 ms, filled by eight streams.
 */
final class SchedulingTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;
  private static final long BITS_PER_SECOND = 100_000_000;
  private static final long ROUND_TRIP = 20 * MILLI;
  private static final int UNSENT_BYTES = 128 * 1024;
  private static final int BULK_STREAMS = 8;
  private static final int FRAME_BYTES = 16 * 1024;

  private final Pair pair = new Pair(SessionConfig.STANDARD);
  private final SimulatedLink link =
      new SimulatedLink(pair, BITS_PER_SECOND, ROUND_TRIP / 2, UNSENT_BYTES);
  private final List<Bulk> sinks = new ArrayList<>();

  private int bufferBytes;

  private Bulk addBulk() {
    pair.client.acceptor =
        stream -> {
          Bulk sink = new Bulk();
          sink.stream = stream;
          sinks.add(sink);
          return sink;
        };
    Bulk source = new Bulk();
    source.bufferBytes = bufferBytes;
    source.stream = pair.server.session.open(source);
    source.start();
    int expected = sinks.size() + 1;
    link.runUntil(() -> sinks.size() == expected, SECOND);
    return sinks.getLast();
  }

  private PingPong addPingPong() {
    pair.server.acceptor =
        stream -> {
          PingPong echo = PingPong.echo(() -> pair.nowNanos);
          echo.stream = stream;
          return echo;
        };
    PingPong asker = PingPong.asker(() -> pair.nowNanos);
    asker.stream = pair.client.session.open(asker);
    asker.send();
    return asker;
  }

  private static long serialization(long bytes) {
    return bytes * 8 * SECOND / BITS_PER_SECOND;
  }

  /** What is gathered, what fills a turn but for 512 bytes, two turns, and the longest. */
  @ParameterizedTest
  @ValueSource(ints = {0, 9000, 15_860, 32_744, 65_488})
  void smallMessageWaitsForNoMoreThanOneTurnOfEachStream(int bufferBytes) {
    this.bufferBytes = bufferBytes;
    for (int i = 0; i < BULK_STREAMS; i++) {
      addBulk();
    }
    link.run(2 * SECOND);
    PingPong pingPong = addPingPong();

    link.run(30 * SECOND);

    assertThat(pingPong.times).hasSizeGreaterThan(500);
    assertThat(pingPong.percentile99())
        .isLessThan(
            ROUND_TRIP
                + serialization(UNSENT_BYTES)
                + serialization((long) BULK_STREAMS * FRAME_BYTES));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9000, 15_860, 32_744, 65_488})
  void streamsWithMuchToSendGetTheSame(int bufferBytes) {
    this.bufferBytes = bufferBytes;
    for (int i = 0; i < BULK_STREAMS; i++) {
      addBulk();
    }
    link.run(2 * SECOND);
    List<Long> before = sinks.stream().map(sink -> sink.received).toList();

    link.run(10 * SECOND);

    assertThat(jainsIndex(before)).isGreaterThan(0.98);
    double total = 0;
    for (int i = 0; i < BULK_STREAMS; i++) {
      total += sinks.get(i).received - before.get(i);
    }
    assertThat(total * 8).isGreaterThan(0.95 * BITS_PER_SECOND * 10);
  }

  private double jainsIndex(List<Long> before) {
    double sum = 0;
    double sumOfSquares = 0;
    for (int i = 0; i < sinks.size(); i++) {
      double share = sinks.get(i).received - before.get(i);
      sum += share;
      sumOfSquares += share * share;
    }
    return sum * sum / (sinks.size() * sumOfSquares);
  }

  @Test
  void buffersOfDifferentSizesGetTheSame() {
    for (int i = 0; i < BULK_STREAMS; i++) {
      bufferBytes = new int[] {0, 9000, 20_000, 65_488}[i % 4];
      addBulk();
    }
    link.run(2 * SECOND);

    List<Long> before = sinks.stream().map(sink -> sink.received).toList();
    link.run(10 * SECOND);

    assertThat(jainsIndex(before)).isGreaterThan(0.98);
  }

  @Test
  void streamThatNobodyReadsSlowsNoOther() {
    for (int i = 0; i < BULK_STREAMS - 1; i++) {
      addBulk();
    }
    PingPong pingPong = addPingPong();
    link.run(20 * SECOND);
    long before = pingPong.percentile99();
    addBulk().consumes = false;
    pingPong.times.clear();

    link.run(20 * SECOND);

    assertThat(pingPong.percentile99()).isLessThan(before * 12 / 10);
    assertThat(sinks.getLast().stream().unconsumedBytes())
        .isEqualTo(sinks.getLast().stream().windowBytes());
  }

  @Test
  void pingIsAnsweredWithinTheUnsentLimit() {
    for (int i = 0; i < BULK_STREAMS; i++) {
      addBulk();
    }
    link.run(2 * SECOND);
    pair.client.events.clear();

    pair.client.session.ping();
    link.run(SECOND);

    SessionEvent.RoundTrip roundTrip = (SessionEvent.RoundTrip) pair.client.events.getFirst();
    assertThat(roundTrip.nanos())
        .isLessThan(ROUND_TRIP + serialization(UNSENT_BYTES) + serialization(2 * FRAME_BYTES));
  }

  @Test
  void controlFrameInABatchLeavesNoSliverOfATurnForTheNext() {
    App app = pair.client.open();
    app.send(Frame.INITIAL_WINDOW_BYTES);
    List<Integer> frames = new ArrayList<>();

    while (pair.client.session.hasOutput()) {
      pair.client.session.ping();
      ByteBuf batch = Unpooled.buffer();
      pair.client.session.pollOutput(batch, 4 * FRAME_BYTES, pair.nowNanos);
      pair.client.wire.sent(ByteBufUtil.getBytes(batch)).forEach(turn -> frames.add(turn.bytes()));
      batch.release();
    }

    assertThat(app.sent).isEqualTo(Frame.INITIAL_WINDOW_BYTES);
    assertThat(frames.subList(0, frames.size() - 1)).allMatch(bytes -> bytes > 16_000);
  }

  @Test
  void streamThatWasQuietGoesAheadOfThoseThatHaveBeenSending() {
    for (int i = 0; i < BULK_STREAMS; i++) {
      pair.client.open().send(1 << 20);
    }
    App quiet = pair.client.open();
    pair.client.session.pollOutput(Unpooled.buffer(), (BULK_STREAMS + 2) * FRAME_BYTES, 0);

    quiet.send(64);

    assertThat(poll(pair.client)).startsWith(header(Frame.DATA, 0, quiet.stream().id(), 64));
  }

  @Test
  void streamThatComesAndGoesGetsTwoTurnsToOneOfTheOthersAtMost() {
    App steady = pair.client.open();
    App fickle = pair.client.open();
    steady.send(1 << 20);
    for (int i = 0; i < 14; i++) {
      if (fickle.toSend == 0) {
        fickle.send(16_000); // less than a turn: it has nothing more to send behind each
      }
      pair.client.session.pollOutput(Unpooled.buffer(), FRAME_BYTES, 0);
    }

    assertThat(fickle.sent).isBetween(steady.sent, 2 * steady.sent + FRAME_BYTES);
  }

  @Test
  void streamThatOwesATurnDoesNotComeBackAheadOfOthers() {
    App debtor = pair.client.open();
    App other = pair.client.open();
    poll(pair.client);
    debtor.bufferBytes = 65_488;
    debtor.send(65_488); // alone, it may send all of it; it then has nothing left
    ByteBuf frame = requireNonNull(pair.client.session.pollFrame(0));
    frame.release();

    other.send(1 << 18);
    debtor.send(65_488);
    List<Long> order = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ByteBuf batch = Unpooled.buffer();
      pair.client.session.pollOutput(batch, FRAME_BYTES, 0);
      order.add(batch.getUnsignedInt(4));
      batch.release();
    }

    assertThat(order).containsOnly(other.stream().id());
  }

  @Test
  void frameGoesAheadOfControlThatDoesNotFitTheBatch() {
    App bulk = pair.server.open();
    poll(pair.server);
    bulk.bufferBytes = 10_000;
    bulk.send(10_000);
    for (long id = 1; id < 2000; id += 2) {
      receive(pair.server, header(Frame.WINDOW_UPDATE, Frame.SYN, id, 0)); // an ACK each is due
    }

    assertThat(pair.server.session.pollFrame(0)).as("control goes first").isNull();
    ByteBuf batch = Unpooled.buffer();
    pair.server.session.pollOutput(batch, 2 * FRAME_BYTES, 0);
    ByteBuf frame = requireNonNull(pair.server.session.pollFrame(0));

    assertThat(batch.readableBytes()).isBetween(4096 - Frame.HEADER_BYTES, 4096);
    assertThat(frame.readableBytes()).isEqualTo(Frame.HEADER_BYTES + 10_000);
    assertThat(pair.server.session.pollFrame(0)).as("then control again").isNull();
    batch.release();
    frame.release();
  }

  @Test
  void controlFramesTakeFourKibibytesOfABatchAtMost() {
    App bulk = pair.server.open();
    poll(pair.server);
    bulk.send(1 << 20);
    for (long id = 1; id < 2000; id += 2) {
      receive(pair.server, header(Frame.WINDOW_UPDATE, Frame.SYN, id, 0)); // an ACK each is due
    }

    ByteBuf batch = Unpooled.buffer();
    pair.server.session.pollOutput(batch, 2 * FRAME_BYTES, 0);

    int controlBytes = 0;
    while (batch.getByte(controlBytes + 1) != Frame.DATA) {
      controlBytes += Frame.HEADER_BYTES;
    }
    assertThat(controlBytes).isBetween(4096 - Frame.HEADER_BYTES, 4096);
  }
}
