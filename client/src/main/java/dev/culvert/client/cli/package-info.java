/**
 * The commands of {@code culvert}.
 *
 * <p>Start at {@link dev.culvert.client.cli.Main}. {@link dev.culvert.client.cli.TunnelRun} runs a
 * client until it ends; {@link dev.culvert.client.cli.LineLog} writes what it hears.
 */
@NullMarked
package dev.culvert.client.cli;

import org.jspecify.annotations.NullMarked;
