package dev.culvert.bench.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PairwiseTest {
  private static final long MAX_BYTES = 4L << 30;

  @Test
  void chosenCellsHoldEveryPairOfValuesThatOccurs() {
    List<Cell> all = Cell.all(Long.MAX_VALUE);
    List<Cell> chosen = Pairwise.of(all);

    assertThat(all).hasSize(1600);
    assertThat(chosen).hasSizeLessThan(100);
    for (Cell cell : all) {
      List<Object> values = cell.values();
      for (int i = 0; i < values.size(); i++) {
        for (int j = i + 1; j < values.size(); j++) {
          int first = i;
          int second = j;
          assertThat(chosen)
              .anyMatch(other ->
                  other.values().get(first).equals(values.get(first))
                      && other.values().get(second).equals(values.get(second)));
        }
      }
    }
  }

  @Test
  void cellsOfTheBuildCarryAFewGigabytes() {
    long bytes = MatrixInteropTest.pairwiseCells().stream().mapToLong(Cell::bytesEachWay).sum();

    assertThat(2 * bytes).isBetween(MAX_BYTES / 4, MAX_BYTES);
  }
}
