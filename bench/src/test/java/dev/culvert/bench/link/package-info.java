/** The link emulator, and sessions over it. */
@NullMarked
package dev.culvert.bench.link;

import org.jspecify.annotations.NullMarked;
