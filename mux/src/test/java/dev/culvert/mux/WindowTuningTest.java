package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Receive windows follow the path, the consumer and the memory there is; in virtual time. */
final class WindowTuningTest {
  private static final int UNSENT_BYTES = 128 * 1024;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;

  private final MemoryBudget memory = new MemoryBudget(256 << 20);
  private Pair pair = new Pair(SessionConfig.STANDARD, SessionConfig.STANDARD, memory, memory);
  private final List<Bulk> sinks = new ArrayList<>();

  private Bulk open(Peer from, Peer to) {
    to.acceptor =
        stream -> {
          Bulk sink = new Bulk();
          sink.stream = stream;
          sinks.add(sink);
          return sink;
        };
    Bulk source = new Bulk();
    source.stream = from.session.open(source);
    return source;
  }

  private static long windowBytes(Bulk sink) {
    return sink.stream().windowBytes();
  }

  private static long bitsPerSecond(long bytes, long nanos) {
    return Math.round(bytes * 8e9 / nanos);
  }

  @ParameterizedTest
  @CsvSource({"1000, 100", "1000, 50", "200, 100", "200, 50"})
  void oneStreamFillsTheLinkWithinFifteenRoundTrips(long megabits, long roundTripMillis) {
    long roundTrip = roundTripMillis * MILLI;
    SimulatedLink link = new SimulatedLink(pair, megabits * 1_000_000, roundTrip / 2, UNSENT_BYTES);
    open(pair.server, pair.client).start();

    link.run(15 * roundTrip);
    long before = sinks.getFirst().received;
    link.run(10 * roundTrip);

    long rate = bitsPerSecond(sinks.getFirst().received - before, 10 * roundTrip);
    assertThat(rate).isGreaterThan(megabits * 900_000);
  }

  @Test
  void windowStaysSmallWhereTheRoundTripIsShort() {
    SimulatedLink link = new SimulatedLink(pair, 1_000_000_000, MILLI / 10, UNSENT_BYTES);
    open(pair.server, pair.client).start();

    link.run(SECOND);

    assertThat(windowBytes(sinks.getFirst())).isLessThanOrEqualTo(1 << 20);
  }

  @Test
  void slowConsumersWindowDoesNotGrow() {
    SimulatedLink link = new SimulatedLink(pair, 1_000_000_000, 25 * MILLI, UNSENT_BYTES);
    open(pair.server, pair.client).start();
    link.runUntil(() -> !sinks.isEmpty(), SECOND);
    Bulk sink = sinks.getFirst();
    sink.consumes = false;

    for (int i = 0; i < 300; i++) { // about 800 kbit/s
      link.run(10 * MILLI);
      sink.stream().consumed((int) Math.min(1000, sink.stream().unconsumedBytes()));
    }

    assertThat(windowBytes(sink)).isEqualTo(Frame.INITIAL_WINDOW_BYTES);
  }

  @Test
  void windowShrinksBehindAPause() {
    SimulatedLink link = new SimulatedLink(pair, 200_000_000, 50 * MILLI, UNSENT_BYTES);
    Bulk source = open(pair.server, pair.client);
    source.start();
    link.run(3 * SECOND);
    long grown = windowBytes(sinks.getFirst());
    source.isSending = false;
    link.run(60 * SECOND);

    source.start();
    link.runUntil(() -> windowBytes(sinks.getFirst()) < grown, SECOND);

    assertThat(grown).isGreaterThan(2 << 20);
    assertThat(windowBytes(sinks.getFirst())).isBetween(grown / 2, grown * 3 / 4);
    assertThat(memory.growthBytes())
        .isEqualTo(windowBytes(sinks.getFirst()) - Frame.INITIAL_WINDOW_BYTES);
  }

  @Test
  void windowShrinksWhileMemoryIsTight() {
    SessionConfig config =
        SessionConfig.STANDARD
            .withWindow(Frame.INITIAL_WINDOW_BYTES, 4 << 20)
            .withMaxMemory(8 << 20);
    pair = new Pair(config, config, memory, memory);
    SimulatedLink link = new SimulatedLink(pair, 200_000_000, 50 * MILLI, UNSENT_BYTES);
    open(pair.server, pair.client).start();
    link.run(3 * SECOND);
    long grown = windowBytes(sinks.getFirst());

    stall(pair, link, 17); // which hold more than half of it
    link.run(3 * SECOND);

    assertThat(grown).isGreaterThan(2 << 20);
    assertThat(windowBytes(sinks.getFirst())).isEqualTo(Frame.INITIAL_WINDOW_BYTES);
    assertThat(memory.growthBytes()).isZero();
    assertThat(sinks).allMatch(sink -> sink.resets == 0);
  }

  @Test
  void windowsOfOneSessionGrowIntoHalfItsMemoryAtMost() {
    pair =
        new Pair(
            SessionConfig.STANDARD.withMaxMemory(32 << 20),
            SessionConfig.STANDARD.withMaxMemory(32 << 20),
            memory,
            memory);
    SimulatedLink link = new SimulatedLink(pair, 10_000_000_000L, 100 * MILLI, UNSENT_BYTES);
    for (int i = 0; i < 8; i++) {
      open(pair.server, pair.client).start();
    }

    link.run(6 * SECOND);

    assertThat(memory.growthBytes()).isBetween(8L << 20, 16L << 20);
  }

  @Test
  void windowsOfAllSessionsGrowIntoHalfTheProcessesMemoryAtMost() {
    MemoryBudget small = new MemoryBudget(8 << 20);
    pair = new Pair(SessionConfig.STANDARD, SessionConfig.STANDARD, small, memory);
    SimulatedLink link = new SimulatedLink(pair, 1_000_000_000, 50 * MILLI, UNSENT_BYTES);
    open(pair.server, pair.client).start();

    link.run(5 * SECOND);

    assertThat(small.growthBytes()).isBetween(2L << 20, 4L << 20);
  }

  @Test
  void whatAStreamGrewByIsFreeAgainOnceItHasEnded() {
    SimulatedLink link = new SimulatedLink(pair, 1_000_000_000, 50 * MILLI, UNSENT_BYTES);
    Bulk source = open(pair.server, pair.client);
    source.start();
    link.run(2 * SECOND);
    assertThat(memory.growthBytes()).isPositive();

    source.stream().reset();
    link.run(SECOND);

    assertThat(memory.growthBytes()).isZero();
    assertThat(memory.unreadBytes()).isZero();
  }

  @Test
  void sessionThatExceedsItsMemoryResetsTheStreamThatHoldsMost() {
    pair =
        new Pair(
            SessionConfig.STANDARD
                .withWindow(Frame.INITIAL_WINDOW_BYTES, 1 << 20)
                .withMaxMemory(1 << 20),
            SessionConfig.STANDARD,
            memory,
            memory);
    SimulatedLink link = new SimulatedLink(pair, 1_000_000_000, MILLI, UNSENT_BYTES);
    open(pair.server, pair.client).start();
    link.runUntil(() -> !sinks.isEmpty(), SECOND);

    stall(pair, link, 5);

    assertThat(sinks.getFirst().resets).isZero();
    assertThat(sinks.stream().mapToInt(sink -> sink.resets).sum()).isEqualTo(1);
    assertThat(memory.unreadBytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(pair.client.events).hasAtLeastOneElementOfType(SessionEvent.MemoryExceeded.class);
    assertThat(pair.client.end()).isNull();
  }

  @Test
  void processThatExceedsItsMemoryLeavesSessionsWithinTheirShareAlone() {
    MemoryBudget small = new MemoryBudget(1 << 20);
    Pair modest = new Pair(SessionConfig.STANDARD, SessionConfig.STANDARD, small, memory);
    pair = new Pair(SessionConfig.STANDARD, SessionConfig.STANDARD, small, memory);
    SimulatedLink modestLink = new SimulatedLink(modest, 1_000_000_000, MILLI, UNSENT_BYTES);
    SimulatedLink link = new SimulatedLink(pair, 1_000_000_000, MILLI, UNSENT_BYTES);
    stall(modest, modestLink, 1);
    stall(pair, link, 6);

    assertThat(sinks.getFirst().resets).isZero();
    assertThat(sinks.stream().mapToInt(sink -> sink.resets).sum()).isBetween(3, 4);
    assertThat(small.unreadBytes()).isLessThanOrEqualTo(1 << 20);
  }

  private void stall(Pair sessions, SimulatedLink link, int streams) {
    for (int i = 0; i < streams; i++) {
      Bulk source = open(sessions.server, sessions.client);
      source.start();
      int expected = sinks.size() + 1;
      link.runUntil(() -> sinks.size() == expected, SECOND);
      sinks.getLast().consumes = false;
    }
    link.run(SECOND);
  }

  @Test
  void growthOfAStreamThatIsResetWhileTheSessionEndsIsReturnedOnce() {
    SimulatedLink link = new SimulatedLink(pair, 1_000_000_000, 25 * MILLI, UNSENT_BYTES);
    open(pair.server, pair.client).start();
    open(pair.server, pair.client).start();
    link.run(SECOND);
    assertThat(memory.growthBytes()).isPositive();
    for (Bulk sink : sinks) {
      sink.onEnd = () -> sinks.forEach(each -> each.stream().reset());
    }

    pair.client.session.close("enough");

    assertThat(memory.growthBytes()).isZero();
  }
}
