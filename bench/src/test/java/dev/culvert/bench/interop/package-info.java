/**
 * Sessions with the yamux implementations of others, whose peer programs are under {@code
 * src/test/interop}. Start at {@link dev.culvert.bench.interop.MatrixInteropTest}.
 */
@NullMarked
package dev.culvert.bench.interop;

import org.jspecify.annotations.NullMarked;
