@NullMarked
package dev.culvert.bench.beside;

import org.jspecify.annotations.NullMarked;
