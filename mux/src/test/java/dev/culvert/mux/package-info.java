/**
 * Tests of the sans-IO core: two sessions, a pipe and a clock, see {@link dev.culvert.mux.Pair}.
 */
@NullMarked
package dev.culvert.mux;

import org.jspecify.annotations.NullMarked;
