package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class WireTest {
  @Test
  void seesWhatIsInTheClear() throws IOException {
    try (BulkOrigin origin = BulkOrigin.start();
        Wire wire = Wire.lay()) {
      Page.fetch(Endpoint.at(wire.to(origin.port())), "?asked");

      assertThat(wire.seen()).contains("?asked", Page.MARK);
    }
  }

  @Test
  void carriesNewConnectionsAfterACut() throws Exception {
    try (BulkOrigin origin = BulkOrigin.start();
        Wire wire = Wire.lay()) {
      Endpoint endpoint = Endpoint.at(wire.to(origin.port()));
      Load bulk = new BulkLoad(origin, BulkLoad.Direction.DOWN, 1);
      try (Load.Run run = bulk.start(endpoint)) {
        while (run.done() == 0) {
          Thread.onSpinWait();
        }

        wire.cut();

        while (run.failure() == null) {
          Thread.onSpinWait();
        }
      }
      Page.fetch(endpoint, "");
    }
  }

  @Test
  void nobodyIsThereOnceItIsClosed() throws IOException {
    try (BulkOrigin origin = BulkOrigin.start()) {
      Wire wire = Wire.lay();
      Endpoint endpoint = Endpoint.at(wire.to(origin.port()));

      wire.close();

      assertThatThrownBy(() -> Page.fetch(endpoint, "")).isInstanceOf(IOException.class);
    }
  }
}
