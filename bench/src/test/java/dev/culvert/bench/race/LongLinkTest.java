package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class LongLinkTest {
  @Test
  void anAnswerTakesARoundTripAtLeast() throws IOException {
    try (BulkOrigin origin = BulkOrigin.start();
        LongLink link = new LongLink()) {
      Endpoint endpoint = Endpoint.at(link.to(origin.port()));
      long leastNanos = Long.MAX_VALUE;

      for (int i = 0; i < 5; i++) {
        long start = System.nanoTime();
        Page.fetch(endpoint, "");
        leastNanos = Math.min(leastNanos, System.nanoTime() - start);
      }

      assertThat(leastNanos).isGreaterThan(50_000_000);
    }
  }
}
