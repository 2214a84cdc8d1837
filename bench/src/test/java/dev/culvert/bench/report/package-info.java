/** Sessions over the link emulator. */
@NullMarked
package dev.culvert.bench.report;

import org.jspecify.annotations.NullMarked;
