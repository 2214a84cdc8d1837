package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * FIN and RST of both sides, in every order and however they cross: nothing of the stream is left,
 * each owner hears of its end once, and its place is free.
 */
final class EveryEndTest {
  /** What may happen next; a step that can do nothing is harmless. */
  enum Step {
    CLIENT_FINISHES,
    SERVER_FINISHES,
    CLIENT_RESETS,
    SERVER_RESETS,
    TO_SERVER,
    TO_CLIENT
  }

  private static final int LENGTH = 6;

  private static final class Run {
    private final Pair pair = new Pair(SessionConfig.STANDARD.withMaxStreams(1, 1));
    private final App near = pair.client.open();
    private final App far;
    private boolean isNearReset;
    private boolean isFarReset;

    Run() {
      pair.drive();
      far = pair.server.accepted.remove();
      near.consumesAtOnce = false;
      far.consumesAtOnce = false;
      near.send(100);
      far.send(100);
    }

    void step(Step step) {
      switch (step) {
        case CLIENT_FINISHES -> near.finish();
        case SERVER_FINISHES -> far.finish();
        case CLIENT_RESETS -> isNearReset |= reset(near);
        case SERVER_RESETS -> isFarReset |= reset(far);
        case TO_SERVER -> carry(pair.client, pair.server);
        case TO_CLIENT -> carry(pair.server, pair.client);
      }
    }

    private static boolean reset(App app) {
      boolean isOpen = app.stream().state() != StreamState.CLOSED;
      app.stream().reset();
      return isOpen;
    }

    private void carry(Peer from, Peer to) {
      ByteBuf batch = Unpooled.buffer();
      from.session.pollOutput(batch, 64 * 1024, pair.nowNanos);
      to.session.receive(batch, pair.nowNanos);
    }

    void settle() {
      near.finish();
      far.finish();
      pair.drive();
    }

    void assertNothingIsLeft() {
      assertEnded(near, isNearReset);
      assertEnded(far, isFarReset);
      for (App app : List.of(near, far)) {
        app.stream().consumed((int) Math.min(app.unread, app.stream().unconsumedBytes()));
        app.stream().reset();
      }
      assertThat(pair.client.session.openStreams()).isZero();
      assertThat(pair.server.session.openStreams()).isZero();
      assertThat(pair.client.session.hasOutput()).isFalse();
      assertThat(pair.server.session.hasOutput()).isFalse();
      assertThat(pair.clientMemory.unreadBytes()).isZero();
      assertThat(pair.serverMemory.unreadBytes()).isZero();
      assertThat(pair.client.end()).isNull();
      assertThat(pair.server.end()).isNull();
      App next = pair.client.open(); // of one that may be open at a time
      pair.drive();
      assertThat(next.resets).isZero();
    }

    /** In order where both FINs came through, else by exactly one reset, ours or the peer's. */
    private static void assertEnded(App app, boolean isResetHere) {
      int resets = app.resets + (isResetHere ? 1 : 0);
      assertThat(app.fins).isLessThanOrEqualTo(1);
      assertThat(app.finsSent).isLessThanOrEqualTo(1);
      assertThat(resets).isEqualTo(app.fins + app.finsSent == 2 ? 0 : 1);
      if (app.fins == 1) {
        assertThat(app.received).isEqualTo(100);
      }
    }
  }

  @Test
  void leavesNothing() {
    int runs = (int) Math.pow(Step.values().length, LENGTH);
    for (int number = 0; number < runs; number++) {
      List<Step> steps = new ArrayList<>();
      for (int i = 0, rest = number; i < LENGTH; i++, rest /= Step.values().length) {
        steps.add(Step.values()[rest % Step.values().length]);
      }
      try {
        Run run = new Run();
        steps.forEach(run::step);
        run.settle();
        run.assertNothingIsLeft();
      } catch (Throwable e) {
        throw new AssertionError("failed with " + steps, e);
      }
    }
  }
}
