package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A peer that reads nothing of what we send (as in CVE-2024-32984), and consumers that take nothing
 * of what it sends.
 */
final class SlowReaderTest {
  private static final int STREAMS = 1024;
  private static final long MAX_MEMORY_BYTES = 1 << 20;

  private Attacker attacker = new Attacker();
  private final List<Bulk> owners = new ArrayList<>();

  private void limitMemory() {
    limitMemory(new MemoryBudget(1 << 30));
  }

  private void limitMemory(MemoryBudget process) {
    attacker =
        new Attacker(
            SessionConfig.STANDARD
                .withWindow(Frame.INITIAL_WINDOW_BYTES, Frame.INITIAL_WINDOW_BYTES)
                .withMaxMemory(MAX_MEMORY_BYTES),
            process);
    keepEverything();
  }

  private void keepEverything() {
    attacker.victim.acceptor =
        stream -> {
          Bulk owner = new Bulk();
          owner.stream = stream;
          owner.consumes = false;
          owners.add(owner);
          return owner;
        };
  }

  @Test
  void isOwedOneFrameForEachStreamAndThirtyTwoPongsHoweverLongItSends() {
    for (long id = 1; id < 2 * STREAMS; id += 2) {
      attacker.open(id);
    }
    for (int round = 0; round < 10; round++) {
      for (long id = 1; id < 2 * STREAMS; id += 2) {
        attacker.sendData(0, id, 16_372); // is consumed, and credit falls due again and again
        attacker.send(Frame.WINDOW_UPDATE, 0, id, 1);
      }
      for (int ping = 0; ping < 10; ping++) {
        attacker.send(Frame.PING, Frame.SYN, 0, ping);
      }
    }

    assertThat(attacker.victim.end()).isNull();
    assertThat(attacker.memory.unreadBytes()).isZero();
    int pings = 32 + 1; // our own for the round trip is one
    assertThat(attacker.read()).isEqualTo((STREAMS + pings) * Frame.HEADER_BYTES);
  }

  @Test
  void isSentNoMoreThanItAskedForHoweverMuchThereIs() {
    attacker.victim.acceptor =
        stream -> {
          Bulk owner = new Bulk();
          owner.stream = stream;
          owner.isSending = true;
          return owner;
        };
    attacker.open(1);

    int sent = attacker.read();

    int frames = Frame.INITIAL_WINDOW_BYTES / SessionConfig.STANDARD.maxPayloadBytes() + 3;
    assertThat(sent)
        .isBetween(
            Frame.INITIAL_WINDOW_BYTES,
            Frame.INITIAL_WINDOW_BYTES + frames * Frame.HEADER_BYTES + 16 * Frame.HEADER_BYTES);
    assertThat(attacker.victim.session.hasOutput()).isFalse();
  }

  @Test
  void costsTheStreamsThatHoldMostWhenTheMemoryIsUsedUp() {
    limitMemory();
    for (long id = 1; id < 200; id += 2) {
      attacker.open(id);
      attacker.sendData(0, id, Frame.INITIAL_WINDOW_BYTES);
      assertThat(attacker.memory.unreadBytes()).isLessThanOrEqualTo(MAX_MEMORY_BYTES);
    }

    assertThat(attacker.victim.end()).isNull();
    assertThat(owners).filteredOn(owner -> owner.resets == 0).hasSize(4);
  }

  private Bulk openAndFinish(long id, int bytes) {
    attacker.open(id);
    attacker.sendData(0, id, bytes);
    attacker.send(Frame.WINDOW_UPDATE, Frame.FIN, id, 0);
    owners.getLast().stream().finish();
    attacker.read();
    return owners.getLast();
  }

  @Test
  void costsStreamsThatFinsHaveClosedToo() throws Exception {
    limitMemory();
    for (long id = 1; id < 8; id += 2) {
      openAndFinish(id, Frame.INITIAL_WINDOW_BYTES);
    }
    assertThat(attacker.memory.unreadBytes()).isEqualTo(MAX_MEMORY_BYTES);
    assertThat(keptForTheirBytes()).hasSize(4);

    Bulk modest = openAndFinish(9, 1000);

    assertThat(modest.resets).isZero();
    assertThat(owners).filteredOn(owner -> owner.resets == 1).hasSize(1);
    assertThat(attacker.memory.unreadBytes()).isLessThan(MAX_MEMORY_BYTES);
    owners.forEach(owner -> owner.stream().reset());
    assertThat(keptForTheirBytes()).isEmpty();
    assertThat(attacker.memory.unreadBytes()).isZero();
  }

  /** The streams that the session keeps for what is unread in them alone. */
  private Set<?> keptForTheirBytes() throws ReflectiveOperationException {
    Field streams = Session.class.getDeclaredField("streams");
    Field kept = StreamTable.class.getDeclaredField("closedAndUnread");
    streams.setAccessible(true);
    kept.setAccessible(true);
    return (Set<?>) kept.get(streams.get(attacker.victim.session));
  }

  @Test
  void leavesNoRoomForMoreStreamsWhileTheirLastBytesAreUnread() {
    attacker = new Attacker(SessionConfig.STANDARD.withMaxStreams(10, 10));
    keepEverything();
    for (long id = 1; id < 40; id += 2) {
      attacker.open(id);
      attacker.sendData(Frame.FIN, id, 1);
      owners.forEach(owner -> owner.stream().finish());
      attacker.read();
    }
    assertThat(owners).hasSize(10);
    assertThat(attacker.victim.session.openStreams()).isZero();

    owners.getFirst().stream().consumed(1);
    attacker.open(41);
    attacker.open(43);

    assertThat(owners).hasSize(11);
  }

  @Test
  void leavesLittleBehindWhenItsSessionsEndOneAfterTheOther() {
    MemoryBudget process = new MemoryBudget(4 * MAX_MEMORY_BYTES);
    for (int i = 0; i < 20; i++) {
      limitMemory(process);
      for (long id = 1; id < 8; id += 2) {
        openAndFinish(id, Frame.INITIAL_WINDOW_BYTES);
      }
      attacker.victim.session.transportLost("gone", null);
      assertThat(process.unreadBytes()).isLessThanOrEqualTo(2 * MAX_MEMORY_BYTES);
    }

    assertThat(process.unreadBytes()).isPositive(); // what fits can still be read
    owners.forEach(owner -> owner.stream().reset());
    assertThat(process.unreadBytes()).isZero();
  }

  @Test
  void doesNotKeepADrainedSessionFromItsEnd() {
    limitMemory();
    Bulk owner = openAndFinish(1, 1000);
    attacker.victim.session.drain();

    assertThat(attacker.victim.end()).isEqualTo(new SessionEnd.Closed("drained"));
    owner.stream().consumed(1000);
    assertThat(attacker.memory.unreadBytes()).isZero();
  }

  @Test
  void doesNotKeepADrainingSessionFromItsEnd() {
    limitMemory();
    attacker.open(1);
    attacker.sendData(Frame.FIN, 1, 1000);
    attacker.victim.session.drain();
    assertThat(attacker.victim.end()).isNull();

    owners.getLast().stream().finish();
    attacker.read();

    assertThat(attacker.victim.end()).isEqualTo(new SessionEnd.Closed("drained"));
  }

  @Test
  void whatIsConsumedBehindBothFinsNoLongerCounts() throws Exception {
    limitMemory();
    for (long id = 1; id < 200; id += 2) {
      Stream stream = openAndFinish(id, 200_000).stream();
      assertThat(keptForTheirBytes()).hasSize(1);
      stream.consumed(150_000);
      stream.consumed(50_000);
      assertThat(keptForTheirBytes()).isEmpty();
    }

    assertThat(attacker.memory.unreadBytes()).isZero();
    assertThat(owners).allMatch(owner -> owner.resets == 0);
  }
}
