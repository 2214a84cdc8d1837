package dev.culvert.mux;

import static dev.culvert.mux.Frames.header;
import static dev.culvert.mux.Frames.poll;
import static dev.culvert.mux.Frames.receive;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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

  private Bulk addBulk() {
    pair.client.acceptor =
        stream -> {
          Bulk sink = new Bulk();
          sink.stream = stream;
          sinks.add(sink);
          return sink;
        };
    Bulk source = new Bulk();
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

  @Test
  void smallMessageWaitsForNoMoreThanOneTurnOfEachStream() {
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

  @Test
  void streamsWithMuchToSendGetTheSame() {
    for (int i = 0; i < BULK_STREAMS; i++) {
      addBulk();
    }
    link.run(2 * SECOND);
    List<Long> before = sinks.stream().map(sink -> sink.received).toList();

    link.run(10 * SECOND);

    double sum = 0;
    double sumOfSquares = 0;
    for (int i = 0; i < BULK_STREAMS; i++) {
      double share = sinks.get(i).received - before.get(i);
      sum += share;
      sumOfSquares += share * share;
    }
    assertThat(sum * sum / (BULK_STREAMS * sumOfSquares)).isGreaterThan(0.98); // Jain's index
    assertThat(sum * 8).isGreaterThan(0.95 * BITS_PER_SECOND * 10);
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
