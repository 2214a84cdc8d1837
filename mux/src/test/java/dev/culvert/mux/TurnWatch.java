package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Watches whose data one session sends: while a stream waits, no other gets more than two turns,
 * one as a fresh stream and one among the backlogged, of which the last may be exceeded by a turn
 * that its successor then lacks. A stream that owes turns does not count as waiting. Turns count as
 * the longest that the session has had.
 */
final class TurnWatch {
  private final Session session;
  private int turnBytes;

  /** A stream sent a frame of data, or with no bytes its end. */
  record Turn(long streamId, int bytes) {}

  /** For each stream that waits, what each other has sent in the meantime. */
  private final Map<Long, Map<Long, Integer>> overtaken = new HashMap<>();

  TurnWatch(Session session) {
    this.session = session;
  }

  /** The session is about to be asked for output. */
  void beforeOutput() {
    turnBytes = Math.max(turnBytes, session.turnBytes());
    Set<Long> waiting = waiting();
    overtaken.keySet().retainAll(waiting);
    waiting.forEach(id -> overtaken.computeIfAbsent(id, ignored -> new HashMap<>()));
  }

  private Set<Long> waiting() {
    return session.streams().stream()
        .filter(stream -> stream.canSend() && stream.deficitBytes > 0)
        .map(Stream::id)
        .collect(Collectors.toSet());
  }

  /** The session has given output, with these turns in this order. */
  void afterOutput(List<Turn> turns) {
    Set<Long> stillWaiting = waiting();
    for (Turn turn : turns) {
      overtaken.forEach((waiting, others) -> {
        if (waiting != turn.streamId()) {
          int total = others.merge(turn.streamId(), turn.bytes(), Integer::sum);
          assertThat(total)
              .as("bytes of stream %s while %s waited", turn.streamId(), waiting)
              .isLessThanOrEqualTo(3 * turnBytes);
        }
      });
      if (overtaken.remove(turn.streamId()) != null && stillWaiting.contains(turn.streamId())) {
        overtaken.put(turn.streamId(), new HashMap<>());
      }
    }
  }
}
