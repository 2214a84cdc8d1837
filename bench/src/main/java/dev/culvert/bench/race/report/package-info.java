/**
 * What became of a race: its figures, tables, targets and plots. Start at {@link
 * dev.culvert.bench.race.report.Scores}. Knows contenders and loads by their names only, and
 * imports nothing of ours.
 */
@NullMarked
package dev.culvert.bench.race.report;

import org.jspecify.annotations.NullMarked;
