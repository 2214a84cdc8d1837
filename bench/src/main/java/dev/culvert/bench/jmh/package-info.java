/**
 * What {@code benchmarks.jar} starts: JMH itself, the quick run that holds bounds on bytes, or the
 * longer one whose tables are committed. Start at {@link dev.culvert.bench.jmh.Main}.
 */
@NullMarked
package dev.culvert.bench.jmh;

import org.jspecify.annotations.NullMarked;
