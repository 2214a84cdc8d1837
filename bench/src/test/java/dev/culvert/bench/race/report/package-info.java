@NullMarked
package dev.culvert.bench.race.report;

import org.jspecify.annotations.NullMarked;
