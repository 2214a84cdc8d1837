package dev.culvert.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.relay.RelayBenchmark;
import dev.culvert.bench.session.SendRecvBenchmark;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class BenchmarkCaseTest {
  @Test
  void patternMatchesOneBenchmarkOnly() {
    Pattern pattern =
        Pattern.compile(new BenchmarkCase(SendRecvBenchmark.class, "sendRecv").pattern());

    assertThat(pattern.matcher("dev.culvert.bench.session.SendRecvBenchmark.sendRecv").find())
        .isTrue();
    assertThat(
            pattern.matcher("dev.culvert.bench.session.SendRecvBenchmark.sendRecvParallel").find())
        .isFalse();
    assertThat(pattern.matcher("dev-culvert.bench.session.SendRecvBenchmark.sendRecv").find())
        .isFalse();
  }

  @Test
  void onlyIoUringHasAnObstacle() {
    BenchmarkCase bulk = new BenchmarkCase(RelayBenchmark.class, "bulk");

    assertThat(bulk.obstacle()).isNull();
    assertThat(bulk.with("sockets", "EPOLL", "NIO").obstacle()).isNull();
    assertThat(bulk.with("sockets", "IO_URING").obstacle())
        .isEqualTo(Sockets.IO_URING.unavailability());
  }
}
