@NullMarked
package dev.culvert.bench.race;

import org.jspecify.annotations.NullMarked;
