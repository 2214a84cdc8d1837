@NullMarked
package dev.culvert.bench.carrier;

import org.jspecify.annotations.NullMarked;
