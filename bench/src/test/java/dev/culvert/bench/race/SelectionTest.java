package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SelectionTest {
  private static final List<String> NAMES = List.of("down 1", "up 1", "down 100");

  @Test
  void aNameInFullStandsForItself() {
    assertThat(Selection.of("down 1", NAMES).chosen()).containsExactly("down 1");
  }

  @Test
  void anyOtherStandsForAllThatBeginWithIt() {
    assertThat(Selection.of("down", NAMES).chosen()).containsExactly("down 1", "down 100");
  }

  @Test
  void theOrderIsThatOfAllNames() {
    assertThat(Selection.of("up,down 100", NAMES).chosen()).containsExactly("up 1", "down 100");
  }
}
