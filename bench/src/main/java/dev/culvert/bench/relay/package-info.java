/**
 * JMH benchmarks of whole tunnels: visitors, the real server, the real client and a local service
 * in one process, beside visitors that go straight to the service. {@code bench/jmh} runs them.
 * Start at {@link dev.culvert.bench.relay.RelayBenchmark}.
 */
@NullMarked
package dev.culvert.bench.relay;

import org.jspecify.annotations.NullMarked;
