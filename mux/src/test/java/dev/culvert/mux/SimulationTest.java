package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random applications over a link of any cut. {@code -Dseeds=N} runs N seeds, {@code -Dseed=S} one.
 */
final class SimulationTest {
  private static final int SEEDS = Integer.getInteger("seeds", 1500);

  @Test
  void everyByteArrivesOnceInOrderAndEverythingEnds() {
    Long only = Long.getLong("seed");
    for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
      try {
        new Run(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("failed with -Dseed=" + seed, e);
      }
    }
  }

  /** One pair of sessions and what its applications do. */
  private static final class Run {
    private final Random random;
    private final Pair pair = new Pair(SessionConfig.STANDARD.withMaxStreams(20, 15));
    private final List<App> opened = new ArrayList<>();
    private final List<App> acceptedByServer = new ArrayList<>();
    private final List<App> acceptedByClient = new ArrayList<>();

    Run(long seed) {
      random = new Random(seed);
    }

    void run() {
      int steps = 50 + random.nextInt(250);
      for (int i = 0; i < steps; i++) {
        step();
        assertInvariants();
      }
      settle();
      assertEverythingEnded();
    }

    private void step() {
      switch (random.nextInt(8)) {
        case 0 -> open(random.nextBoolean() ? pair.client : pair.server);
        case 1 -> any().send(random.nextInt(random.nextBoolean() ? 100 : 300_000));
        case 2 -> consumeSome(any());
        case 3 -> {
          if (random.nextInt(4) == 0) {
            any().finish();
          }
        }
        case 4 -> {
          if (random.nextInt(20) == 0) {
            reset(any());
          }
        }
        case 5 -> pair.client.session.ping();
        case 6 -> pair.moveSome(pair.client, pair.server, random);
        default -> pair.moveSome(pair.server, pair.client, random);
      }
      takeAccepted();
    }

    private void open(Peer peer) {
      if (peer.session.canOpen()) {
        App app = peer.open();
        app.consumesAtOnce = random.nextBoolean();
        opened.add(app);
      }
    }

    private void takeAccepted() {
      pair.server.accepted.forEach(this::choose);
      acceptedByServer.addAll(pair.server.accepted);
      pair.server.accepted.clear();
      pair.client.accepted.forEach(this::choose);
      acceptedByClient.addAll(pair.client.accepted);
      pair.client.accepted.clear();
    }

    private void choose(App app) {
      app.consumesAtOnce = random.nextBoolean() || app.unread > 0;
    }

    private List<App> apps() {
      List<App> all = new ArrayList<>(opened);
      all.addAll(acceptedByServer);
      all.addAll(acceptedByClient);
      return all;
    }

    private App any() {
      List<App> all = apps();
      if (all.isEmpty()) {
        open(pair.client);
        return opened.getFirst();
      }
      return all.get(random.nextInt(all.size()));
    }

    private void reset(App app) {
      if (app.stream().state() != StreamState.CLOSED) {
        app.stream().reset();
        app.resets++;
      }
    }

    private void consumeSome(App app) {
      if (app.unread > 0) {
        app.consume(1 + random.nextInt((int) app.unread));
      }
    }

    /** Everybody reads, everybody finishes, and everything is carried. */
    private void settle() {
      for (App app : apps()) {
        app.finish();
      }
      boolean moved = true;
      while (moved) {
        moved = pair.moveSome(pair.client, pair.server, random);
        moved |= pair.moveSome(pair.server, pair.client, random);
        takeAccepted();
        for (App app : apps()) {
          app.consumesAtOnce = true;
          if (app.unread > 0) {
            app.consume((int) app.unread);
            moved = true;
          }
          if (app.finsSent == 0) {
            app.finish();
          }
        }
      }
    }

    private void assertInvariants() {
      for (App app : apps()) {
        assertThat(app.unread).isLessThanOrEqualTo(SessionConfig.STANDARD.windowBytes());
        assertThat(app.fins).isLessThanOrEqualTo(1);
        assertThat(app.finsSent).isLessThanOrEqualTo(1);
        assertThat(app.resets).isLessThanOrEqualTo(1);
      }
      assertThat(pair.client.end()).isNull();
      assertThat(pair.server.end()).isNull();
    }

    private void assertEverythingEnded() {
      assertInvariants();
      assertThat(pair.client.session.openStreams()).isZero();
      assertThat(pair.server.session.openStreams()).isZero();
      assertThat(pair.client.session.hasOutput()).isFalse();
      assertThat(pair.server.session.hasOutput()).isFalse();
      for (App app : apps()) {
        assertThat(app.fins + app.resets).as("%s ended", app.stream()).isPositive();
        if (app.resets == 0) {
          assertThat(app.toSend).isZero();
        }
      }
      for (App app : opened) {
        App peer = peerOf(app);
        if (peer != null && app.resets + peer.resets == 0) {
          assertThat(peer.received).isEqualTo(app.sent);
          assertThat(app.received).isEqualTo(peer.sent);
        }
      }
    }

    private @Nullable App peerOf(App app) {
      long id = app.stream().id();
      for (App peer : id % 2 == 1 ? acceptedByServer : acceptedByClient) {
        if (peer.stream().id() == id) {
          return peer;
        }
      }
      return null;
    }
  }
}
