/**
 * JMH benchmarks of what the multiplexer costs: bytes allocated per frame and per write, heap per
 * idle stream. {@code bench/jmh} runs them. Start at {@link dev.culvert.bench.cost.CoreBenchmark}.
 */
@NullMarked
package dev.culvert.bench.cost;

import org.jspecify.annotations.NullMarked;
