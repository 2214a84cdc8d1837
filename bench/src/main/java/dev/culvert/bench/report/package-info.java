/**
 * Reports of how sessions fare over an emulated link, beside other implementations of yamux. Start
 * at {@link dev.culvert.bench.report.LinkReport}.
 */
@NullMarked
package dev.culvert.bench.report;

import org.jspecify.annotations.NullMarked;
