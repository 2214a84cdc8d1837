/**
 * What {@code benchmarks.jar} starts: JMH itself, or the quick run that holds bounds on bytes.
 * Start at {@link dev.culvert.bench.jmh.Main}.
 */
@NullMarked
package dev.culvert.bench.jmh;

import org.jspecify.annotations.NullMarked;
