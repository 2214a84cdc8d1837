package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two sessions, a link and applications, all of them made of one seed. Time is virtual; what the
 * sessions may never do is checked after each step, and by {@link WireWatch}, {@link TurnWatch} and
 * {@link App} at each frame and call.
 */
final class Simulation {
  private static final long SECOND = 1_000_000_000L;
  private static final long WINDOW = Frame.INITIAL_WINDOW_BYTES;

  /** How the sessions come to their end. */
  private enum Ending {
    SETTLE_AND_CLOSE,
    DRAIN,
    CLOSE_NOW,
    LOSE_TRANSPORT
  }

  /** How finely the bytes are cut, and how much is sent so that it ends in time. */
  private enum Grain {
    BYTES(1, 3_000),
    CRUMBS(50, 30_000),
    PIECES(20_000, 600_000),
    WHOLE(Integer.MAX_VALUE, 2_000_000);

    final int maxPieceBytes;
    final int maxSendBytes;

    Grain(int maxPieceBytes, int maxSendBytes) {
      this.maxPieceBytes = maxPieceBytes;
      this.maxSendBytes = maxSendBytes;
    }
  }

  private final Random random;
  private final Grain grain;
  private final SessionConfig config;
  private final long maxProcessBytes;
  private final Pair pair;
  private final SimulatedLink link;
  private final Map<Long, App> clientApps = new HashMap<>();
  private final Map<Long, App> serverApps = new HashMap<>();
  private boolean isSettling;
  private boolean isDraining;

  Simulation(long seed) {
    random = new Random(seed);
    grain = pick(Grain.values());
    config = config();
    maxProcessBytes = random.nextInt(3) == 0 ? 768 * 1024 : 1L << 40;
    pair =
        new Pair(
            config, config, new MemoryBudget(maxProcessBytes), new MemoryBudget(maxProcessBytes));
    long[] rates = {1_000_000, 10_000_000, 100_000_000, 1_000_000_000};
    link =
        new SimulatedLink(
            pair,
            rates[random.nextInt(rates.length)],
            random.nextInt(60) * 1_000_000L,
            1 << (10 + random.nextInt(8)), // 1 KiB to 128 KiB
            new RandomCut());
  }

  private SessionConfig config() {
    int maxStreams = random.nextInt(20) == 0 ? 600 : 20;
    int inbound = 1 + random.nextInt(maxStreams);
    int outbound = Math.min(1 + random.nextInt(maxStreams), inbound + 200); // more is an attack
    SessionConfig standard = SessionConfig.STANDARD.withMaxStreams(inbound, outbound);
    return switch (random.nextInt(3)) {
      case 0 -> standard;
      case 1 -> standard.withWindow((int) WINDOW, 1 << 20).withMaxMemory(1 << 20);
      default -> standard.withWindow(400_000, 2 << 20);
    };
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private final class RandomCut implements SimulatedLink.Cut {
    @Override
    public int batchBytes() {
      return 2 * Frame.HEADER_BYTES + 1 + random.nextInt(64 * 1024);
    }

    @Override
    public int pieceBytes() {
      return grain == Grain.WHOLE ? grain.maxPieceBytes : 1 + random.nextInt(grain.maxPieceBytes);
    }
  }

  void run() {
    for (int steps = 30 + random.nextInt(100); steps > 0; steps--) {
      act();
      afterEachStep();
    }
    switch (pick(Ending.values())) {
      case SETTLE_AND_CLOSE -> {
        settle();
        assertEveryStreamEnded();
        pair.client.session.close("the simulation is over");
      }
      case DRAIN -> {
        isDraining = true;
        pair.client.session.drain();
        settle();
      }
      case CLOSE_NOW -> pair.server.session.close("the simulation is over");
      case LOSE_TRANSPORT -> {
        pair.client.session.transportLost("cut", null);
        pair.server.session.transportLost("cut", null);
      }
    }
    link.runUntil(() -> link.isQuiet() && !pair.client.session.isOpen(), 600 * SECOND);
    takeAccepted();
    pair.server.session.transportLost("the peer has closed", null);
    assertNothingIsLeft();
  }

  // What happens.

  private void act() {
    switch (random.nextInt(9)) {
      case 0, 1 -> open(random.nextBoolean() ? pair.client : pair.server, 1 + random.nextInt(5));
      case 2, 3 -> withAny(app -> app.send(random.nextInt(grain.maxSendBytes)));
      case 4 -> withAny(this::consumeSome);
      case 5 ->
          withAny(app -> {
            if (random.nextInt(3) == 0) {
              app.finish();
            }
          });
      case 6 ->
          withAny(app -> {
            if (random.nextInt(10) == 0) {
              reset(app);
            }
          });
      case 7 -> pair.client.session.ping();
      default -> withAny(app -> app.consumesAtOnce = random.nextBoolean());
    }
    link.run(1L << random.nextInt(27)); // 1 ns to 67 ms
    takeAccepted();
  }

  private void withAny(Consumer<App> action) {
    List<App> all = apps();
    if (!all.isEmpty()) {
      App app = all.get(random.nextInt(all.size()));
      if (!app.isOver()) {
        action.accept(app);
      }
    }
  }

  private void open(Peer peer, int streams) {
    for (int i = config.maxOutboundStreams() > 256 ? 100 * streams : streams;
        i > 0 && peer.session.canOpen();
        i--) {
      App app = peer.open();
      app.consumesAtOnce = random.nextBoolean();
      app.bufferBytes = random.nextBoolean() ? 0 : 1 + random.nextInt(70_000);
      (peer == pair.client ? clientApps : serverApps).put(app.stream().id(), app);
    }
  }

  private void takeAccepted() {
    take(pair.client, clientApps);
    take(pair.server, serverApps);
  }

  private void take(Peer peer, Map<Long, App> apps) {
    App app;
    while ((app = peer.accepted.poll()) != null) {
      app.consumesAtOnce = isSettling || random.nextBoolean();
      apps.put(app.stream().id(), app);
    }
  }

  private List<App> apps() {
    List<App> all = new ArrayList<>(clientApps.values());
    all.addAll(serverApps.values());
    return all;
  }

  private static void reset(App app) {
    app.resets++;
    app.stream().reset();
  }

  private void consumeSome(App app) {
    if (app.unread > 0) {
      app.consume(1 + random.nextInt((int) app.unread));
    }
  }

  /** Everybody reads, everybody finishes, and everything is carried. */
  private void settle() {
    isSettling = true;
    for (int i = 0; i < 1000 && !apps().stream().allMatch(App::isOver); i++) {
      for (App app : apps()) {
        if (!app.isOver()) {
          app.consumesAtOnce = true;
          app.consume((int) app.unread);
          app.finish();
        }
      }
      link.runUntil(link::isQuiet, 10 * SECOND);
      takeAccepted();
      afterEachStep();
    }
  }

  // What must be so.

  private void afterEachStep() {
    assertSide(pair.client, clientApps, pair.clientMemory);
    assertSide(pair.server, serverApps, pair.serverMemory);
    if (!pair.client.session.isOpen() || !pair.server.session.isOpen()) {
      assertThat(isDraining).isTrue();
      assertThat(clientApps.values()).allMatch(App::isOver);
    }
    if (link.isQuiet() && pair.client.session.isOpen() && pair.server.session.isOpen()) {
      assertNobodyIsStuck(clientApps, serverApps);
      assertNobodyIsStuck(serverApps, clientApps);
    }
  }

  private void assertSide(Peer peer, Map<Long, App> apps, MemoryBudget memory) {
    long unread = 0;
    long onTheWay = 0; // of the frame whose header has come
    long growth = 0;
    for (App app : apps.values()) {
      if (app.resets == 0) {
        assertThat(app.unread).isLessThanOrEqualTo(app.stream().windowBytes());
        unread += app.stream().unconsumedBytes();
        onTheWay += app.stream().unconsumedBytes() - app.unread;
      }
      if (app.stream().state() != StreamState.CLOSED) {
        growth += app.stream().windowBytes() - config.windowBytes();
      }
    }
    assertThat(onTheWay).isBetween(0L, (long) config.maxQuantumBytes());
    assertThat(memory.unreadBytes()).isEqualTo(unread);
    assertThat(unread).isLessThanOrEqualTo(Math.min(config.maxMemoryBytes(), maxProcessBytes));
    assertThat(memory.growthBytes()).isEqualTo(growth);
    assertThat(growth).isLessThanOrEqualTo(Math.min(config.maxMemoryBytes(), maxProcessBytes) / 2);
    assertThat(peer.session.openStreams())
        .isEqualTo(
            (int)
                apps.values().stream()
                    .filter(app -> app.stream().state() != StreamState.CLOSED)
                    .count());
  }

  /** All is quiet: whoever still has data waits for a reader that does not read. */
  private static void assertNobodyIsStuck(Map<Long, App> senders, Map<Long, App> receivers) {
    senders.forEach((id, sender) -> {
      if (!sender.isOver() && sender.finsSent == 0 && sender.toSend > 0) {
        App receiver = receivers.get(id);
        assertThat(receiver).as("the reader of stream %s", id).isNotNull();
        assertThat(receiver.unread)
            .as("unread at the reader of stream %s", id)
            .isGreaterThanOrEqualTo(receiver.stream().windowBytes() / 2);
      }
    });
  }

  private void assertEveryStreamEnded() {
    assertThat(apps()).allMatch(App::isOver);
    assertThat(link.runUntil(link::isQuiet, 10 * SECOND)).isTrue();
    assertThat(pair.client.session.openStreams()).isZero();
    assertThat(pair.server.session.openStreams()).isZero();
  }

  private void assertNothingIsLeft() {
    assertThat(pair.client.end()).isNotNull();
    assertThat(pair.server.end()).isNotNull();
    for (Peer peer : List.of(pair.client, pair.server)) {
      assertThat(peer.session.openStreams()).isZero();
      assertThat(peer.session.hasOutput()).isFalse();
      assertThat(peer.events.stream().filter(SessionEvent.Ended.class::isInstance)).hasSize(1);
    }
    for (App app : apps()) { // what came whole may still be read
      if (app.resets == 0 && app.end == null) {
        app.consume((int) app.unread);
      }
    }
    for (MemoryBudget memory : List.of(pair.clientMemory, pair.serverMemory)) {
      assertThat(memory.unreadBytes()).isZero();
      assertThat(memory.growthBytes()).isZero();
    }
    assertThat(apps()).allMatch(App::isOver);
    clientApps.forEach((id, app) -> assertTransfer(app, serverApps.get(id)));
    serverApps.forEach((id, app) -> assertTransfer(app, clientApps.get(id)));
  }

  /** Whoever was told of an end has had every byte. */
  private static void assertTransfer(App receiver, @Nullable App sender) {
    if (sender == null) {
      assertThat(receiver.fins).isZero();
      return;
    }
    assertThat(receiver.received).isLessThanOrEqualTo(sender.sent);
    if (receiver.fins > 0) {
      assertThat(receiver.received).isEqualTo(sender.sent);
      assertThat(sender.toSend).isZero();
    }
  }
}
