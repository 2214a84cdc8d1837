@NullMarked
package dev.culvert.bench.jmh;

import org.jspecify.annotations.NullMarked;
