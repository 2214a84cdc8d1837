package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class LoadsTest {
  @Test
  void eachCanBeChosenByItsName() throws IOException {
    try (BulkOrigin origin = BulkOrigin.start()) {
      assertThat(Loads.bulk(origin, Contender.Kind.TCP))
          .extracting(Load::name)
          .containsExactlyElementsOf(Loads.BULK);
    }
    assertThat(Loads.NAMES)
        .containsAll(Loads.BULK)
        .contains(
            Loads.keepAlive().name(),
            Loads.newConnectionEach().name(),
            Loads.halfLoad(1).name(),
            Loads.LONG_LINK,
            Loads.LINK_CUT);
  }
}
