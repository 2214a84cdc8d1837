/**
 * The race of whole tunnels, ours beside others, on this machine's loopback. Start at {@link
 * dev.culvert.bench.race.Race}. Knows every tunnel by its programs only, and imports nothing of
 * ours.
 */
@NullMarked
package dev.culvert.bench.race;

import org.jspecify.annotations.NullMarked;
