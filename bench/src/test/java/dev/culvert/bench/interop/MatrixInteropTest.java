package dev.culvert.bench.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streams that are echoed, in all combinations of library, our role, opener, TLS or none, number of
 * streams and their size.
 *
 * <p>Any two values are run together in some cell that carries at most 256 MiB each way; with
 * {@code -Dinterop=full}, every cell of at most 1 GiB is run, which leaves out 100 streams and more
 * of 64 MiB. What a library cannot do is skipped and says so.
 */
@ExtendWith(UnreadSessions.class)
@Timeout(180)
final class MatrixInteropTest {
  private static final long MAX_CELL_BYTES = 256L << 20;
  private static final long MAX_FULL_CELL_BYTES = 1L << 30;

  static List<Cell> cells() {
    return System.getProperty("interop", "").equals("full")
        ? Cell.all(MAX_FULL_CELL_BYTES)
        : pairwiseCells();
  }

  static List<Cell> pairwiseCells() {
    return Pairwise.of(Cell.all(MAX_CELL_BYTES).stream().filter(Cell::isPossible).toList());
  }

  @ParameterizedTest
  @MethodSource("cells")
  void streamsEchoToTheirEnd(Cell cell, @TempDir Path state) throws Exception {
    cell.library().require();
    assumeTrue(cell.isPossible(), "the library cannot open a stream on which it sends nothing");
    try (PeerSession session =
        new PeerSession(cell.library(), cell.role(), cell.wrapping(), state)) {
      switch (cell.opener()) {
        case US -> openTo(session, cell);
        case PEER ->
            assertThat(session.program.ask("open " + cell.streams() + " " + cell.bytes()))
                .isEqualTo("ok");
      }

      assertThat(session.failures).isEmpty();
      assertThat(session.ended).isNotDone();
    }
  }

  private static void openTo(PeerSession session, Cell cell) throws Exception {
    List<PatternStream> streams = new ArrayList<>();
    for (int i = 0; i < cell.streams(); i++) {
      PatternStream stream = PatternStream.of(cell.bytes());
      session.open(stream);
      streams.add(stream);
    }
    for (PatternStream stream : streams) {
      assertThat(stream.end.get(60, TimeUnit.SECONDS)).isEqualTo(cell.bytes());
    }
  }
}
