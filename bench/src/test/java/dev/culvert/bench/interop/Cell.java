package dev.culvert.bench.interop;

import dev.culvert.mux.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * One combination of the matrix: so many streams of so many bytes each, there and back.
 *
 * @param role ours
 */
record Cell(
    PeerLibrary library, Role role, Opener opener, Wrapping wrapping, int streams, int bytes) {
  enum Opener {
    US,
    PEER
  }

  /** Around the sizes at which something changes: our frames, other frames, the first window. */
  private static final int[] BYTES = {
    0, 1, 16_371, 16_372, 16_373, 65_536, 262_143, 262_144, 262_145, 64 << 20
  };

  private static final int[] STREAMS = {1, 100, 256, 257, 1000};

  /** Every combination that carries at most {@code maxBytes} each way. */
  static List<Cell> all(long maxBytes) {
    List<Cell> cells = new ArrayList<>();
    for (PeerLibrary library : PeerLibrary.values()) {
      for (Role role : Role.values()) {
        for (Opener opener : Opener.values()) {
          for (Wrapping wrapping : Wrapping.values()) {
            for (int streams : STREAMS) {
              for (int bytes : BYTES) {
                Cell cell = new Cell(library, role, opener, wrapping, streams, bytes);
                if (cell.bytesEachWay() <= maxBytes) {
                  cells.add(cell);
                }
              }
            }
          }
        }
      }
    }
    return cells;
  }

  long bytesEachWay() {
    return (long) streams * bytes;
  }

  /** False where the library cannot do it. */
  boolean isPossible() {
    return bytes > 0 || opener == Opener.US || library.canOpenEmptyStreams();
  }

  /** One value for each thing that is varied, no two alike. */
  List<Object> values() {
    return List.of(library, role, opener, wrapping, streams + " streams", bytes + " bytes");
  }
}
