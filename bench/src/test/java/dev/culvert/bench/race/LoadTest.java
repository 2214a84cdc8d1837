package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
final class LoadTest {
  private static void awaitDone(Load.Run run, long count) {
    while (run.done() < count && run.failure() == null) {
      Thread.onSpinWait();
    }
    assertThat(run.failure()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void bulkCountsWhatArrives(BulkLoad.Direction direction) throws IOException {
    try (BulkOrigin origin = BulkOrigin.start();
        Load.Run run = new BulkLoad(origin, direction, 3).start(Endpoint.at(origin.port()))) {
      awaitDone(run, 10_000_000);
    }
  }

  @Test
  void pingsGoOnBesideDownloads() throws IOException {
    try (BulkOrigin origin = BulkOrigin.start();
        Load.Run run = new PingLoad(origin).start(Endpoint.at(origin.port()))) {
      awaitDone(run, 20);

      assertThat(run.times()).hasSizeGreaterThanOrEqualTo(20);
      assertThat(run.timesPastTunnel()).isNotEmpty();
    }
  }

  @Test
  void everyRequestCanHaveAConnectionOfItsOwn() throws IOException {
    Load load = RequestLoad.unpaced("new", 4, RequestLoad.Connections.NEW_EACH);
    try (BulkOrigin origin = BulkOrigin.start();
        Load.Run run = load.start(Endpoint.at(origin.port()))) {
      awaitDone(run, 50);
    }
  }

  @Test
  void connectionsThatEndUnderAVisitorAreFailures() throws IOException {
    Load load = RequestLoad.unpaced("kept", 1, RequestLoad.Connections.KEPT);
    try (BulkOrigin closesEach = BulkOrigin.start();
        Load.Run run = load.start(Endpoint.at(closesEach.port()))) {
      while (run.failure() == null) {
        Thread.onSpinWait();
      }

      assertThat(run.failure()).contains("failed");
    }
  }
}
