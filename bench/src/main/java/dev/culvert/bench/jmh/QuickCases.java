package dev.culvert.bench.jmh;

import static dev.culvert.bench.jmh.Bound.allocatedBytes;

import dev.culvert.bench.cost.CoreBenchmark;
import dev.culvert.bench.cost.DecodeBenchmark;
import dev.culvert.bench.cost.IdleStreamFootprint;
import dev.culvert.bench.cost.QueueBenchmark;
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

/** What the quick run runs: every benchmark, with some of its parameters. */
final class QuickCases {
  /**
   * JMH allocates a little itself, more to an operation the slower the machine; an object takes 16.
   */
  private static final Bound NOTHING = allocatedBytes(8);

  private static final String HEAP_BYTES = "heapBytesPerStream";

  static final List<QuickCase> ALL =
      List.of(
          new QuickCase(CoreBenchmark.class, "frame").within(NOTHING),
          new QuickCase(DecodeBenchmark.class, "decode").with("payloadBytes", "64").within(NOTHING),
          new QuickCase(QueueBenchmark.class, "turns").with("streams", "100").within(NOTHING),
          new QuickCase(WriteBenchmark.class, "write").within(allocatedBytes(1024)),
          new QuickCase(IdleStreamFootprint.class, "stream")
              .within(new Bound(HEAP_BYTES, 50, 1024)),
          new QuickCase(IdleStreamFootprint.class, "channel")
              .within(new Bound(HEAP_BYTES, 100, 3072)),
          session(SendRecvBenchmark.class, "sendRecv", "MEMORY")
              .with("bytes", "64")
              .within(allocatedBytes(2048)),
          session(SendRecvBenchmark.class, "sendRecvParallel", "TLS").with("bytes", "4096"),
          session(SendRecvLargeBenchmark.class, "sendRecvLarge", "TCP").with("mebibytes", "16"),
          new QuickCase(PingBenchmark.class, "streamEcho").with("bearer", "TCP"),
          new QuickCase(PingBenchmark.class, "connectionEcho").with("bearer", "TCP"),
          session(AcceptBenchmark.class, "accept", "TCP"),
          stream(ConcurrentBenchmark.class, "concurrent", "TCP")
              .with("streams", "10")
              .with("messages", "10"),
          stream(OpenStormBenchmark.class, "openStorm", "MEMORY"),
          stream(MixedLatencyBenchmark.class, "echo", "TLS").with("bulkChannels", "4"),
          stream(SlowReaderBenchmark.class, "slowReaderIsolation", "TCP").with("unread", "1"),
          session(FairnessBenchmark.class, "fairness", "TLS"),
          bulk("TUNNEL", "BORINGSSL", "EPOLL"),
          bulk("TUNNEL", "JDK", "NIO"),
          bulk("TLS", "BORINGSSL", "EPOLL"),
          requests("keepAlive", "TUNNEL").within(allocatedBytes(4096)),
          requests("newConnection", "TUNNEL"),
          requests("newConnection", "TCP"));

  private QuickCases() {}

  private static QuickCase session(Class<?> type, String method, String bearer) {
    return new QuickCase(type, method).with("bearer", bearer);
  }

  private static QuickCase stream(Class<?> type, String method, String bearer) {
    return session(type, method, bearer).with("carrier", "STREAM");
  }

  private static QuickCase bulk(String path, String provider, String sockets) {
    return new QuickCase(RelayBenchmark.class, "bulk")
        .with("path", path)
        .with("provider", provider)
        .with("sockets", sockets)
        .with("streams", "8")
        .with("direction", "DOWN");
  }

  private static QuickCase requests(String method, String path) {
    return new QuickCase(RequestBenchmark.class, method)
        .with("path", path)
        .with("provider", "BORINGSSL")
        .with("sockets", "EPOLL");
  }
}
