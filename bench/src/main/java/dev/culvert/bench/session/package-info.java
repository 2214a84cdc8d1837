/**
 * JMH benchmarks of sessions over memory, TCP and TLS, under the names and with the parameters of
 * other implementations' own, each beside connections without a multiplexer. {@code bench/jmh} runs
 * them. Start at {@link dev.culvert.bench.session.SendRecvBenchmark}.
 */
@NullMarked
package dev.culvert.bench.session;

import org.jspecify.annotations.NullMarked;
