/**
 * The table of {@code bench/beside}: yamux of others and ours. Start at {@link
 * dev.culvert.bench.beside.BesideTable}.
 */
@NullMarked
package dev.culvert.bench.beside;

import org.jspecify.annotations.NullMarked;
