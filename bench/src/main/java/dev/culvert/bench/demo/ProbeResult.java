package dev.culvert.bench.demo;

import java.time.Duration;

/**
 * What one probe found.
 *
 * @param detail what was measured, or, if it did not pass, the reason
 */
record ProbeResult(String name, boolean passed, Duration duration, String detail) {}
