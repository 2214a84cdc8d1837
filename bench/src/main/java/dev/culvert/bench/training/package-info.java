/**
 * The build step that makes the programs start faster: it runs the two packages as a user would, so
 * that the JVM can write down what they load and compile. Start at {@link
 * dev.culvert.bench.training.Training}. Imports nothing of the tunnel, which it knows by its
 * programs only.
 */
@NullMarked
package dev.culvert.bench.training;

import org.jspecify.annotations.NullMarked;
