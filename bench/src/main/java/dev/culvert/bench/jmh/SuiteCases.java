package dev.culvert.bench.jmh;

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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What the committed tables have: every benchmark with its baselines, and so many of its parameters
 * that all takes some twenty minutes.
 */
final class SuiteCases {
  /** In the order in which they run; what is compared runs one after the other. */
  static final SequencedMap<String, List<BenchmarkCase>> GROUPS = groups();

  private SuiteCases() {}

  private static SequencedMap<String, List<BenchmarkCase>> groups() {
    SequencedMap<String, List<BenchmarkCase>> groups = new LinkedHashMap<>();
    groups.put("cost", cost());
    groups.put("session", session());
    groups.put("load", load());
    groups.put("relay", relay());
    groups.put("requests", requests());
    return Collections.unmodifiableSequencedMap(groups);
  }

  private static List<BenchmarkCase> cost() {
    return List.of(
        new BenchmarkCase(CoreBenchmark.class, "frame"),
        new BenchmarkCase(CoreBenchmark.class, "frameAsRead").with("payloadBytes", "16372"),
        new BenchmarkCase(SessionPingBenchmark.class, "ping"),
        new BenchmarkCase(DecodeBenchmark.class, "decode").with("payloadBytes", "64", "16372"),
        new BenchmarkCase(QueueBenchmark.class, "turns").with("streams", "1", "100"),
        new BenchmarkCase(WriteBenchmark.class, "write"),
        new BenchmarkCase(HandshakeBenchmark.class, "handshake"),
        new BenchmarkCase(IdleStreamFootprint.class, "stream"),
        new BenchmarkCase(IdleStreamFootprint.class, "channel"));
  }

  private static List<BenchmarkCase> session() {
    return List.of(
        on(SendRecvBenchmark.class, "sendRecv", "MEMORY", "TCP", "TLS").with("bytes", "64", "4096"),
        on(SendRecvBenchmark.class, "sendRecvParallel", "TCP", "TLS").with("bytes", "4096"),
        on(SendRecvLargeBenchmark.class, "sendRecvLarge", "TCP", "TLS").with("mebibytes", "512"),
        on(PingBenchmark.class, "ping", "MEMORY", "TCP", "TLS"),
        on(AcceptBenchmark.class, "accept", "TCP", "TLS"),
        on(ConcurrentBenchmark.class, "concurrent", "TCP")
            .with("streams", "1", "10", "100")
            .with("messages", "1", "10", "100"));
  }

  private static List<BenchmarkCase> load() {
    return List.of(
        on(OpenStormBenchmark.class, "openStorm", "TCP"),
        on(FairnessBenchmark.class, "fairness", "TLS"),
        on(MixedLatencyBenchmark.class, "echo", "TLS").with("bulkChannels", "0", "4"),
        on(SlowReaderBenchmark.class, "slowReaderIsolation", "TCP").with("unread", "0", "16"));
  }

  private static BenchmarkCase on(Class<?> type, String method, String... bearers) {
    return new BenchmarkCase(type, method).with("bearer", bearers);
  }

  private static List<BenchmarkCase> relay() {
    return List.of(
        bulk("BORINGSSL", "EPOLL", "1", "TUNNEL", "TLS", "TCP").with("direction", "DOWN", "UP"),
        bulk("BORINGSSL", "EPOLL", "8", "TUNNEL", "TLS", "TCP").with("direction", "DOWN", "UP"),
        bulk("BORINGSSL", "EPOLL", "100", "TUNNEL", "TLS", "TCP").with("direction", "DOWN", "UP"),
        bulk("JDK", "EPOLL", "8", "TUNNEL", "TLS").with("direction", "DOWN", "UP"),
        bulk("BORINGSSL", "NIO", "8", "TUNNEL", "RELAY", "TLS", "TCP"),
        bulk("BORINGSSL", "EPOLL", "8", "RELAY"),
        bulk("BORINGSSL", "IO_URING", "8", "RELAY", "TLS", "TCP"));
  }

  private static BenchmarkCase bulk(
      String provider, String sockets, String streams, String... paths) {
    return new BenchmarkCase(RelayBenchmark.class, "bulk")
        .with("path", paths)
        .with("provider", provider)
        .with("sockets", sockets)
        .with("streams", streams)
        .with("direction", "DOWN");
  }

  private static List<BenchmarkCase> requests() {
    return List.of(
        requests("keepAlive", "EPOLL", "TUNNEL", "RELAY", "TLS", "TCP"),
        requests("keepAlive", "EPOLL", "TUNNEL", "TLS").with("provider", "JDK"),
        requests("keepAlive", "NIO", "TUNNEL", "RELAY", "TLS", "TCP"),
        requests("keepAlive", "IO_URING", "RELAY", "TLS"),
        requests("newConnection", "EPOLL", "TUNNEL", "RELAY", "TLS", "TCP"),
        requests("newConnection", "NIO", "TUNNEL", "TCP"),
        requests("newConnection", "IO_URING", "RELAY", "TCP"));
  }

  private static BenchmarkCase requests(String method, String sockets, String... paths) {
    return new BenchmarkCase(RequestBenchmark.class, method)
        .with("path", paths)
        .with("provider", "BORINGSSL")
        .with("sockets", sockets);
  }
}
