package dev.culvert.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Watches whose data one session sends: while a stream waits, no other gets more than two turns,
 * one as a fresh stream and one among the backlogged, of which a frame may outlast the last.
 */
final class TurnWatch {
  private final Session session;
  private final int quantumBytes;

  /** A stream sent a frame of data, or with no bytes its end. */
  record Turn(long streamId, int bytes) {}

  /** For each stream that waits, what each other has sent in the meantime. */
  private final Map<Long, Map<Long, Integer>> overtaken = new HashMap<>();

  TurnWatch(Session session, int quantumBytes) {
    this.session = session;
    this.quantumBytes = quantumBytes;
  }

  /** The session is about to be asked for output. */
  void beforeOutput() {
    Set<Long> waiting = waiting();
    overtaken.keySet().retainAll(waiting);
    waiting.forEach(id -> overtaken.computeIfAbsent(id, ignored -> new HashMap<>()));
  }

  private Set<Long> waiting() {
    return session.streams().stream()
        .filter(Stream::canSend)
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
              .isLessThan(3 * quantumBytes);
        }
      });
      if (overtaken.remove(turn.streamId()) != null && stillWaiting.contains(turn.streamId())) {
        overtaken.put(turn.streamId(), new HashMap<>());
      }
    }
  }
}
