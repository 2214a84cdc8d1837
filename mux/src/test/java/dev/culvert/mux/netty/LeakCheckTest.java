package dev.culvert.mux.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LeakCheckTest {
  private final Logger log = Logger.getLogger(ResourceLeakDetector.class.getName());

  @BeforeEach
  void keepTheLeakOutOfTheBuildsOutput() {
    log.setFilter(record -> false);
  }

  @AfterEach
  void logAgain() {
    log.setFilter(null);
  }

  @Test
  void droppedBufferIsFoundOnceAndAReleasedOneNever() {
    LeakCheck.watch();
    PooledByteBufAllocator.DEFAULT.directBuffer(1).touch("released").release();
    drop();

    assertThat(LeakCheck.leaks()).hasSize(1).first().asString().contains("dropped on purpose");
    assertThat(LeakCheck.leaks()).isEmpty();
  }

  private static void drop() {
    var _ = PooledByteBufAllocator.DEFAULT.directBuffer(1).touch("dropped on purpose");
  }
}
