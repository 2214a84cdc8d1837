package dev.culvert.bench.jmh;

import static dev.culvert.bench.jmh.Bound.allocatedBytes;

import dev.culvert.bench.cost.CoreBenchmark;
import dev.culvert.bench.cost.DecodeBenchmark;
import dev.culvert.bench.cost.HandshakeBenchmark;
import dev.culvert.bench.cost.IdleStreamFootprint;
import dev.culvert.bench.cost.QueueBenchmark;
import dev.culvert.bench.cost.SessionPingBenchmark;
import dev.culvert.bench.cost.WriteBenchmark;
import dev.culvert.bench.relay.RelayBenchmark;
import dev.culvert.bench.relay.RequestBenchmark;
import dev.culvert.bench.session.AcceptBenchmark;
import dev.culvert.bench.session.ConcurrentBenchmark;
import dev.culvert.bench.session.FairnessBenchmark;
import dev.culvert.bench.session.MixedLatencyBenchmark;
import dev.culvert.bench.session.OpenStormBenchmark;
import dev.culvert.bench.session.PingBenchmark;
import dev.culvert.bench.session.SendRecvBenchmark;
import dev.culvert.bench.session.SendRecvLargeBenchmark;
import dev.culvert.bench.session.SlowReaderBenchmark;
import java.util.List;

/**
 * What the quick run runs: every benchmark, with some of its parameters. Bounds are at least twice
 * what was measured: the compilers have not seen much yet.
 */
final class QuickCases {
  /** JMH allocates a little itself between iterations; the smallest object has 16 bytes. */
  private static final Bound NOTHING = allocatedBytes(1);

  private static final int MEBIBYTE = 1 << 20;
  private static final String HEAP_BYTES = "heapBytesPerStream";

  static final List<BenchmarkCase> ALL =
      List.of(
          new BenchmarkCase(CoreBenchmark.class, "frame").within(NOTHING),
          new BenchmarkCase(CoreBenchmark.class, "frameAsRead")
              .with("payloadBytes", "16372")
              .within(NOTHING),
          new BenchmarkCase(SessionPingBenchmark.class, "ping").within(NOTHING),
          new BenchmarkCase(DecodeBenchmark.class, "decode")
              .with("payloadBytes", "64")
              .within(NOTHING),
          new BenchmarkCase(QueueBenchmark.class, "turns").with("streams", "100").within(NOTHING),
          new BenchmarkCase(WriteBenchmark.class, "write").within(allocatedBytes(1024)),
          new BenchmarkCase(HandshakeBenchmark.class, "handshake")
              .with("kind", "RESUMED")
              .within(allocatedBytes(MEBIBYTE / 4)),
          new BenchmarkCase(IdleStreamFootprint.class, "stream")
              .within(new Bound(HEAP_BYTES, 50, 1024)),
          new BenchmarkCase(IdleStreamFootprint.class, "channel")
              .within(new Bound(HEAP_BYTES, 100, 3072)),
          stream(SendRecvBenchmark.class, "sendRecv", "MEMORY")
              .with("bytes", "64")
              .within(allocatedBytes(512)),
          stream(SendRecvBenchmark.class, "sendRecvParallel", "TLS")
              .with("bytes", "4096")
              .within(allocatedBytes(1024)),
          stream(SendRecvLargeBenchmark.class, "sendRecvLarge", "TCP")
              .with("mebibytes", "16")
              .within(allocatedBytes(MEBIBYTE)),
          session(PingBenchmark.class, "ping", "TCP").within(allocatedBytes(1024)),
          session(AcceptBenchmark.class, "accept", "TCP").within(allocatedBytes(16_384)),
          stream(ConcurrentBenchmark.class, "concurrent", "TCP")
              .with("streams", "10")
              .with("messages", "10")
              .within(allocatedBytes(MEBIBYTE / 4)),
          stream(OpenStormBenchmark.class, "openStorm", "MEMORY").within(allocatedBytes(8192)),
          stream(MixedLatencyBenchmark.class, "echo", "TLS").with("bulkChannels", "4"),
          stream(SlowReaderBenchmark.class, "slowReaderIsolation", "TCP")
              .with("unread", "1")
              .within(allocatedBytes(MEBIBYTE / 4)),
          stream(FairnessBenchmark.class, "fairness", "TLS").within(allocatedBytes(MEBIBYTE / 4)),
          bulk("TUNNEL", "BORINGSSL", "EPOLL").within(allocatedBytes(MEBIBYTE / 8)),
          bulk("TUNNEL", "JDK", "NIO"),
          bulk("TLS", "BORINGSSL", "EPOLL"),
          bulk("RELAY", "BORINGSSL", "IO_URING"),
          requests("keepAlive", "TUNNEL").within(allocatedBytes(4096)),
          requests("newConnection", "TUNNEL").within(allocatedBytes(65_536)),
          requests("newConnection", "TCP"));

  private QuickCases() {}

  private static BenchmarkCase session(Class<?> type, String method, String bearer) {
    return new BenchmarkCase(type, method).with("bearer", bearer);
  }

  private static BenchmarkCase stream(Class<?> type, String method, String bearer) {
    return session(type, method, bearer).with("carrier", "STREAM");
  }

  private static BenchmarkCase bulk(String path, String provider, String sockets) {
    return new BenchmarkCase(RelayBenchmark.class, "bulk")
        .with("path", path)
        .with("provider", provider)
        .with("sockets", sockets)
        .with("streams", "8")
        .with("direction", "DOWN");
  }

  private static BenchmarkCase requests(String method, String path) {
    return new BenchmarkCase(RequestBenchmark.class, method)
        .with("path", path)
        .with("provider", "BORINGSSL")
        .with("sockets", "EPOLL");
  }
}
