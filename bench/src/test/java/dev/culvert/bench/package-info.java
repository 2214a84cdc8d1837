/** Tests of the whole: {@link dev.culvert.bench.ArchitectureTest} holds the shape of the code. */
@NullMarked
package dev.culvert.bench;

import org.jspecify.annotations.NullMarked;
